/** Small worlds for tests: VPCs, and peerings in a given state, made through the AWS SDK. */
import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcPeeringConnectionsCommand,
  type EC2Client,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { CUSTOMER, PROVIDER, type TestEmulator } from './emulator.js';

/** The value, or an error that says what is missing. AWS's types let every field be absent. */
export function present<T>(value: T | undefined | null, what = 'a value'): T {
  if (value === undefined || value === null) throw new Error(`Expected ${what}.`);
  return value;
}

/** Error name (AWS's code) of a call that must fail. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

/** @returns the VPC's id. */
export async function createVpc(client: EC2Client, cidrBlock: string): Promise<string> {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: cidrBlock }));
  return present(Vpc?.VpcId, 'a VPC id');
}

/** Main route table, default ACL and default security group of a VPC. */
export async function defaultsOf(
  client: EC2Client,
  vpcId: string,
): Promise<{ routeTableId: string; networkAclId: string; groupId: string }> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const tables = await client.send(new DescribeRouteTablesCommand({ Filters }));
  const acls = await client.send(new DescribeNetworkAclsCommand({ Filters }));
  const groups = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
  return {
    routeTableId: present(tables.RouteTables?.[0]?.RouteTableId),
    networkAclId: present(acls.NetworkAcls?.[0]?.NetworkAclId),
    groupId: present(groups.SecurityGroups?.[0]?.GroupId),
  };
}

/** Both sides of a request: the provider's VPC and the customer's, in different regions. */
export interface PeeredPair {
  readonly provider: EC2Client;
  readonly customer: EC2Client;
  readonly vpcId: string;
  readonly peerVpcId: string;
  readonly peeringId: string;
}

export interface PairOptions {
  readonly cidrBlock?: string;
  readonly peerCidrBlock?: string;
}

/** The provider (eu-west-1) asks the customer (us-east-1); nothing has been accepted. */
export async function requestPeering(emulator: TestEmulator, options: PairOptions = {}): Promise<PeeredPair> {
  const provider = emulator.ec2(PROVIDER, 'eu-west-1');
  const customer = emulator.ec2(CUSTOMER, 'us-east-1');
  const vpcId = await createVpc(provider, options.cidrBlock ?? '10.200.0.0/25');
  const peerVpcId = await createVpc(customer, options.peerCidrBlock ?? '172.31.0.0/16');
  const { VpcPeeringConnection: peering } = await provider.send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: vpcId,
      PeerVpcId: peerVpcId,
      PeerOwnerId: CUSTOMER,
      PeerRegion: 'us-east-1',
    }),
  );
  return { provider, customer, vpcId, peerVpcId, peeringId: present(peering?.VpcPeeringConnectionId) };
}

/** As `requestPeering`, and the customer has accepted. */
export async function activePeering(emulator: TestEmulator, options: PairOptions = {}): Promise<PeeredPair> {
  const pair = await requestPeering(emulator, options);
  await pair.customer.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: pair.peeringId }));
  return pair;
}

/** The peering as that caller is shown it. */
export async function describePeering(client: EC2Client, peeringId: string): Promise<VpcPeeringConnection> {
  const { VpcPeeringConnections: found } = await client.send(
    new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [peeringId] }),
  );
  return present(found?.[0], peeringId);
}

/** Its status code as that caller is shown it, or the error code of asking. */
export async function statusOf(client: EC2Client, peeringId: string): Promise<string> {
  return describePeering(client, peeringId).then(
    (peering) => peering.Status?.Code ?? 'none',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}
