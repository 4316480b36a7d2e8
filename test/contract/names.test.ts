import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  connectionName,
  connectionOfWorkflowId,
  DEFAULT_TASK_QUEUE,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  observeScheduleId,
  poolWorkflowId,
  providerCheckWorkflowId,
  provisionWorkflowId,
  WORKFLOW,
} from '../../contract/names.js';
import * as workflows from '../../workflows/index.js';

const organizationId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const vpcId = fc.stringMatching(/^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
const key = fc.record({ organizationId, vpcId });

describe('the names that others rely on', () => {
  it('are those of the interface', () => {
    expect(DEFAULT_TASK_QUEUE).toBe('causeway');
    const connection = connectionName({ organizationId: 'org-42', vpcId: 'vpc-0a1b2c3d4e5f60718' });
    expect(connection).toBe('org-42/vpc-0a1b2c3d4e5f60718');
    expect(provisionWorkflowId(connection)).toBe('provision-peering/org-42/vpc-0a1b2c3d4e5f60718');
    expect(maintainWorkflowId(connection)).toBe('peering/org-42/vpc-0a1b2c3d4e5f60718');
    expect(endedPeeringWorkflowId(connection)).toBe('ended-peering/org-42/vpc-0a1b2c3d4e5f60718');
    expect(poolWorkflowId('org-42')).toBe('cidr-pool/org-42');
    expect(poolWorkflowId('global', '10.200.0.0-16')).toBe('cidr-pool/global/10.200.0.0-16');
    expect(observeScheduleId('111122223333', 'eu-west-1')).toBe('observe-peerings/111122223333/eu-west-1');
    expect(providerCheckWorkflowId('x')).toBe('check-provider/x');
  });

  it('name exactly the workflows there are', () => {
    expect(Object.values(WORKFLOW).sort()).toEqual(Object.keys(workflows).sort());
    for (const [name, type] of Object.entries(WORKFLOW)) expect(type).toBe(name);
  });
});

/** Each makes an id of its own of a connection. */
const KINDS = [provisionWorkflowId, maintainWorkflowId, endedPeeringWorkflowId];

describe('the connection of a workflow id', () => {
  it('is the one the id was made of', () => {
    fc.assert(
      fc.property(key, (connection) => {
        const name = connectionName(connection);
        for (const make of KINDS) expect(connectionOfWorkflowId(make(name))).toEqual(connection);
      }),
    );
  });

  it('differs for every two connections and kinds', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const ids = [a, b].flatMap((one) => KINDS.map((make) => make(connectionName(one))));
        const same = a.organizationId === b.organizationId && a.vpcId === b.vpcId;
        expect(new Set(ids).size).toBe(same ? KINDS.length : 2 * KINDS.length);
      }),
    );
  });

  it.each([
    '',
    'peering/',
    'peering/org-42',
    'peering/org-42/vpc-0a1b2c3d/more',
    'peering/org-42/vpc-0a1b2c3d\n',
    'peering/org-42/VPC-0A1B2C3D',
    'peering/org-42/vpc-0a1b2c3',
    'peering/org-42/vpc-0a1b2c3d4e5f607189',
    'peering//vpc-0a1b2c3d',
    'peering/../vpc-0a1b2c3d',
    'peering/-org/vpc-0a1b2c3d',
    'peering/org 42/vpc-0a1b2c3d',
    'peering/org\u202e42/vpc-0a1b2c3d',
    `peering/${'o'.repeat(65)}/vpc-0a1b2c3d`,
    'x-peering/org-42/vpc-0a1b2c3d',
    ' peering/org-42/vpc-0a1b2c3d',
    'PEERING/org-42/vpc-0a1b2c3d',
    'x-ended-peering/org-42/vpc-0a1b2c3d',
    'ended-peering/org-42',
    'cidr-pool/org-42',
    'observe-peerings/111122223333/eu-west-1',
    'provision-peering/a/b/vpc-0a1b2c3d',
  ])('is nobody’s for %j', (workflowId) => {
    expect(connectionOfWorkflowId(workflowId)).toBeNull();
  });

  it('is nobody’s for any text that is not exactly such an id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const id of [
          text,
          `peering/${text}`,
          `provision-peering/org/${text}`,
          `ended-peering/${text}`,
        ]) {
          const connection = connectionOfWorkflowId(id);
          if (connection === null) continue;
          expect(KINDS.map((make) => make(connectionName(connection)))).toContain(id);
        }
      }),
    );
  });
});
