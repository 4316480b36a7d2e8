import { CreateVpcPeeringConnectionCommand, DescribeRouteTablesCommand } from '@aws-sdk/client-ec2';
import type { PeeringStatus } from '../../contract/status.js';
import { SampleCustomer, type SampleNetwork } from '../../local/sample-customer.js';
import { CUSTOMER, PROVIDER, type TestEmulator } from './emulator.js';
import { createVpc, present } from './networks.js';

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
    facts: { customerSteps: null },
    history: [],
    failure: null,
    ...changes,
  };
}

/** A peering that waits for the customer in an emulated AWS, and its status. */
export interface RequestedKit {
  readonly customer: SampleCustomer;
  readonly network: SampleNetwork;
  readonly peeringId: string;
  readonly status: PeeringStatus;
}

/** The provider (eu-west-1) asks a customer (eu-central-1) that has two subnets with a route table of their own. */
export async function requestKit(aws: TestEmulator): Promise<RequestedKit> {
  const made = waitingStatus();
  const customer = new SampleCustomer(aws.endpoint, CUSTOMER, made.customer.region);
  const network = await customer.createNetwork({
    name: 'Acme',
    cidr: '172.31.0.0/16',
    subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
  });
  const provider = aws.ec2(PROVIDER, 'eu-west-1');
  const vpcId = await createVpc(provider, '10.200.0.0/25');
  const { VpcPeeringConnection: peering } = await provider.send(
    new CreateVpcPeeringConnectionCommand({
      ...{ VpcId: vpcId, PeerVpcId: network.vpcId, PeerOwnerId: CUSTOMER, PeerRegion: network.region },
    }),
  );
  const peeringId = present(peering?.VpcPeeringConnectionId);
  const status = waitingStatus({
    peeringConnectionId: peeringId,
    provider: { ...present(made.provider), vpcId },
    customer: { ...made.customer, vpcId: network.vpcId, subnetCidrs: ['172.31.0.0/24'] },
  });
  return { customer, network, peeringId, status };
}

/** Routes to peerings in the route tables of the customer's VPC: `TABLE DESTINATION PEERING STATE`. */
export async function peeringRoutes({ customer, network }: RequestedKit): Promise<string[]> {
  const { RouteTables = [] } = await customer.ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }),
  );
  return RouteTables.flatMap(({ RouteTableId = '', Routes = [] }) =>
    Routes.filter((route) => route.VpcPeeringConnectionId !== undefined).map((route) =>
      [RouteTableId, route.DestinationCidrBlock, route.VpcPeeringConnectionId, route.State].join(' '),
    ),
  );
}
