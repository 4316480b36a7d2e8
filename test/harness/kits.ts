import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER, PROVIDER } from './emulator.js';

/** A status as a request has it while it waits for the customer, made by hand. */
export function waitingStatus(changes: Partial<PeeringStatus> = {}): PeeringStatus {
  return {
    state: 'awaiting-acceptance',
    since: '2026-01-01T22:00:00.000Z',
    organizationId: 'org-42',
    customerName: 'Acme',
    plan: {
      providerRegion: 'eu-west-1',
      providerCidr: '10.200.0.0/25',
      reasons: ['it is near'],
      advice: ['Use TLS'],
    },
    provider: {
      accountId: PROVIDER,
      region: 'eu-west-1',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      cidr: '10.200.0.0/25',
      subnetIds: [],
      routeTableId: null,
      networkAclId: null,
      securityGroupId: null,
    },
    customer: {
      accountId: CUSTOMER,
      region: 'eu-central-1',
      vpcId: 'vpc-8b1afac60dfbd1ed1',
      subnetCidrs: ['172.31.0.0/20', '172.31.32.0/20'],
      access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }, { protocol: 'icmp' }],
      dnsResolution: true,
    },
    peeringConnectionId: 'pcx-04d639e22111e878c',
    expiresAt: '2026-01-08T22:30:00.000Z',
    round: 1,
    reminders: 0,
    nextStep: { who: 'customer', what: 'Accept pcx-04d639e22111e878c in eu-central-1' },
    parked: null,
    history: [],
    failure: null,
    ...changes,
  };
}
