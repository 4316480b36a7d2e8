import { randomUUID } from 'node:crypto';
import { RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { allocateUpdate, poolReportQuery } from '../../contract/messages.js';
import { DAY_MS } from '../../domain/durations.js';
import { maintainWorkflowId, poolWorkflowId, provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import { TAG } from '../../contract/tags.js';
import { leftovers } from '../../local/leftovers.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  begin,
  buildNetwork,
  CUSTOMER_REGION,
  PROVIDER_REGION,
  requestFrom,
} from '../harness/connection-stages.js';
import { CUSTOMER } from '../harness/emulator.js';
import { makeByHand, unusedConnection, type MadeByHand } from '../harness/orphans.js';
import { POOL_POLICY } from '../harness/pool-world.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;
/** Workflow ids about which Temporal gives no answer. */
const silent = new Set<string>();

beforeAll(async () => {
  temporal = await startTemporalWorld();
  const client = new Client({
    connection: temporal.client.connection,
    namespace: temporal.client.options.namespace,
    interceptors: {
      workflow: [
        {
          describe: (input, next) =>
            silent.has(input.workflowExecution.workflowId)
              ? Promise.reject(new Error('no answer'))
              : next(input),
        },
      ],
    },
  });
  world = await startActivityWorld(client);
  await temporal.startWorker('causeway', world.activities);
});
beforeEach(() => world.aws.reset());
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const isOwned = (connection: string, run: string): Promise<boolean> =>
  world.run((activities) => activities.isOwned({ connection, run }));

/** A workflow that nobody carries out, with that memo. */
async function startIdle(
  workflowId: string,
  memo: Record<string, unknown> = {},
): Promise<{ run: string; terminate: () => Promise<unknown> }> {
  const handle = await temporal.client.workflow.start('anything', {
    workflowId,
    memo,
    taskQueue: `nobody-${randomUUID()}`,
  });
  return { run: handle.firstExecutionRunId, terminate: () => handle.terminate() };
}

describe('isOwned', () => {
  it('is what the open provisionPeering with that first run made, and nothing of an earlier run', async () => {
    const connection = unusedConnection();
    expect(await isOwned(connection, 'run-1')).toBe(false);
    const { run, terminate } = await startIdle(provisionWorkflowId(connection));
    expect(await isOwned(connection, run)).toBe(true);
    expect(await isOwned(connection, randomUUID())).toBe(false);
    await terminate();
    expect(await isOwned(connection, run)).toBe(false);
  });

  it('is what the open maintainPeering has inherited by its memo', async () => {
    const connection = unusedConnection();
    const run = randomUUID();
    const { terminate } = await startIdle(maintainWorkflowId(connection), { [TAG.run]: run });
    expect(await isOwned(connection, run)).toBe(true);
    expect(await isOwned(connection, randomUUID())).toBe(false);
    await terminate();
    expect(await isOwned(connection, run)).toBe(false);
  });

  it('is all of a connection whose maintainPeering does not say what it inherited', async () => {
    const connection = unusedConnection();
    await startIdle(maintainWorkflowId(connection));
    expect(await isOwned(connection, randomUUID())).toBe(true);
  });

  it.each([provisionWorkflowId, maintainWorkflowId])(
    'is true in doubt: Temporal gives no answer about %p',
    async (idOf) => {
      const connection = unusedConnection();
      expect(await isOwned(connection, 'run-1')).toBe(false);
      silent.add(idOf(connection));
      expect(await isOwned(connection, 'run-1')).toBe(true);
    },
  );
});

describe('findOrphans', () => {
  const findOrphans = (region = PROVIDER_REGION): ReturnType<typeof world.activities.findOrphans> =>
    world.run((activities) => activities.findOrphans({ region, deployment: 'default' }));

  it('finds all of a run that carries tags, by connection and run, and counts what it has looked at', async () => {
    const begun = await begin(world);
    const owner = { ...begun.owner, connection: `org-${randomUUID()}/${begun.customerVpcId}` };
    await requestFrom(world, await buildNetwork(world, { ...begun, owner }));
    const resourceIds = leftovers(await world.aws.control.inventory(), owner.connection).sort();
    const byHand = await makeByHand(world.aws);
    await makeByHand(world.aws, { region: 'us-east-1' });
    await makeByHand(world.aws, { deployment: 'staging' });

    const { examined, orphans } = await findOrphans();
    const seen = orphans.map((orphan) => ({ ...orphan, resourceIds: orphan.resourceIds.toSorted() }));
    expect(seen).toHaveLength(2);
    expect(seen).toContainEqual({ connection: owner.connection, run: owner.run, resourceIds });
    expect(seen).toContainEqual({
      connection: byHand.owner.connection,
      run: byHand.owner.run,
      resourceIds: byHand.resourceIds,
    });
    expect(examined).toBe(resourceIds.length + byHand.resourceIds.length);
    expect(resourceIds.some((id) => id.startsWith('pcx-'))).toBe(true);
  });

  it('leaves out what has an owner, though the same connection has orphans of another run', async () => {
    const connection = unusedConnection();
    const { run } = await startIdle(provisionWorkflowId(connection));
    await makeByHand(world.aws, { connection, run });
    const old = await makeByHand(world.aws, { connection });
    const { orphans } = await findOrphans();
    expect(orphans.map((orphan) => orphan.run)).toEqual([old.owner.run]);
  });

  it('leaves out peerings that are over, which AWS forgets by itself', async () => {
    const { peering } = await requestFrom(world, await buildNetwork(world));
    await world.aws
      .ec2(CUSTOMER, CUSTOMER_REGION)
      .send(
        new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peering.vpcPeeringConnectionId }),
      );
    const { orphans } = await findOrphans();
    expect(orphans.flatMap(({ resourceIds }) => resourceIds)).not.toContain(peering.vpcPeeringConnectionId);
  });

  it('finds more than AWS gives in one page', async () => {
    const made: MadeByHand[] = [];
    for (let count = 0; count < 101; count += 1) made.push(await makeByHand(world.aws));
    await world.aws.control.clearCalls();
    const { examined, orphans } = await findOrphans();
    expect(orphans).toHaveLength(made.length);
    expect(examined).toBe(made.flatMap(({ resourceIds }) => resourceIds).length);
    for (const action of [
      'DescribeVpcs',
      'DescribeSubnets',
      'DescribeSecurityGroups',
      'DescribeRouteTables',
    ]) {
      expect(await world.aws.control.calls({ action })).toHaveLength(2);
    }
  });

  it('changes nothing in AWS', async () => {
    await makeByHand(world.aws);
    await world.aws.control.clearCalls();
    await findOrphans();
    expect(await effectsOf(world)).toEqual([]);
  });
});

describe('findResources', () => {
  it('finds what is left of one run of one connection, and takes no tag for a pattern', async () => {
    const { owner, resourceIds } = await makeByHand(world.aws);
    await makeByHand(world.aws);
    const find = (run: string): ReturnType<typeof world.activities.findResources> =>
      world.run((activities) =>
        activities.findResources({
          region: PROVIDER_REGION,
          deployment: 'default',
          connection: owner.connection,
          run,
        }),
      );
    const found = await find(owner.run);
    expect(found.flatMap((group) => group.resourceIds).sort()).toEqual(resourceIds);
    expect(await find('*')).toEqual([]);
  });
});

describe('releaseBlockOfNobody', () => {
  it.each([provisionWorkflowId, maintainWorkflowId])(
    'gives the block back once nothing of the connection is open: %p',
    async (idOf) => {
      const connection = unusedConnection();
      const scope = `org-${randomUUID()}`;
      const pool = await temporal.client.workflow.start(WORKFLOW.cidrPool, {
        taskQueue: 'causeway',
        workflowId: poolWorkflowId(scope),
      });
      const order = { holder: connection, avoid: [] };
      await pool.executeUpdate(allocateUpdate, { args: [{ policies: [POOL_POLICY], orders: [order] }] });
      const { terminate } = await startIdle(idOf(connection));
      const give = (): Promise<void> =>
        world.run((activities) =>
          activities.releaseBlockOfNobody({
            scope,
            shards: [null],
            customerScope: null,
            order: { holder: connection, wasActive: true, quarantineMs: DAY_MS },
          }),
        );

      await give();
      expect((await pool.query(poolReportQuery)).held).toHaveLength(1);
      await terminate();
      await give();
      expect(await pool.query(poolReportQuery)).toMatchObject({
        held: [],
        resting: [{ lastHolder: connection }],
      });
    },
  );
});
