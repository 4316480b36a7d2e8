import type { EndedPeering } from '../../contract/ended-peering.js';
import { connectionName, provisionWorkflowId, type ConnectionKey } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER, PROVIDER } from './emulator.js';

/** A status as a run of that connection leaves it. */
function endedStatus(key: ConnectionKey, wanted: Partial<PeeringStatus> = {}): PeeringStatus {
  const since = '2026-01-02T00:00:00.000Z';
  return {
    state: 'declined',
    since,
    organizationId: key.organizationId,
    customerName: 'Acme',
    plan: {
      providerRegion: 'eu-west-1',
      providerCidr: '10.200.0.0/25',
      reasons: ['it is near'],
      advice: [],
    },
    provider: {
      accountId: PROVIDER,
      region: 'eu-west-1',
      vpcId: 'vpc-00000001',
      cidr: '10.200.0.0/25',
      subnetIds: ['subnet-1'],
      routeTableId: null,
      networkAclId: 'acl-1',
      securityGroupId: null,
    },
    customer: {
      accountId: CUSTOMER,
      region: 'eu-central-1',
      vpcId: key.vpcId,
      subnetCidrs: ['172.31.0.0/20'],
    },
    peeringConnectionId: 'pcx-1',
    expiresAt: null,
    round: 1,
    reminders: 0,
    nextStep: { who: 'nobody', what: 'Nothing to do: everything is released' },
    parked: null,
    facts: { customerSteps: null },
    history: [
      { at: '2026-01-01T00:00:00.000Z', state: 'planning', note: 'request received' },
      { at: since, state: 'declined', note: 'declined by "carol"', count: 2 },
    ],
    failure: null,
    ...wanted,
  };
}

export function endedPeering(
  key: ConnectionKey,
  runId: string,
  wanted: Partial<PeeringStatus> = {},
): EndedPeering {
  return { status: endedStatus(key, wanted), workflowId: provisionWorkflowId(connectionName(key)), runId };
}
