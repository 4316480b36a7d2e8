import {
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { TAG } from '../contract/tags.js';
import { AwsCallError } from './aws/call-error.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { filtersOf, inVpc } from './aws/tagging.js';

/** What one connection has in AWS: permissions that go by tags can only be asked about with something that bears them. */
export interface Sample {
  vpcId: string;
  subnetId: string | undefined;
  routeTableId: string | undefined;
  /** Of the VPC with that route table, its main one. */
  mainAssociationId: string | undefined;
  networkAclId: string | undefined;
  /** Of a subnet with that network ACL. */
  associationId: string | undefined;
  securityGroupId: string | undefined;
  peering: { id: string; accountId: string; region: string; vpcId: string } | undefined;
}

/** Of any connection of the deployment in the region, as far as it may be read; undefined where there is none. */
export async function findSample(
  { read }: Ec2,
  deployment: string,
  abortSignal: AbortSignal,
): Promise<Sample | undefined> {
  const how = { abortSignal };
  const ours = filtersOf({ deployment });
  const ofRole = { Name: `tag:${TAG.role}`, Values: ['vpc'] };
  const vpcs = await orNothing(read.send(new DescribeVpcsCommand({ Filters: [...ours, ofRole] }), how));
  const vpcId = vpcs?.Vpcs?.[0]?.VpcId;
  if (vpcId === undefined) return undefined;
  const Filters = [...ours, ...inVpc(vpcId)];
  const fromHere = [...ours, { Name: 'requester-vpc-info.vpc-id', Values: [vpcId] }];
  const [subnets, tables, acls, groups, peerings] = await Promise.all([
    orNothing(read.send(new DescribeSubnetsCommand({ Filters }), how)),
    orNothing(read.send(new DescribeRouteTablesCommand({ Filters }), how)),
    orNothing(read.send(new DescribeNetworkAclsCommand({ Filters }), how)),
    orNothing(read.send(new DescribeSecurityGroupsCommand({ Filters }), how)),
    orNothing(read.send(new DescribeVpcPeeringConnectionsCommand({ Filters: fromHere }), how)),
  ]);
  const acl = acls?.NetworkAcls?.[0];
  const table = tables?.RouteTables?.[0];
  return {
    vpcId,
    subnetId: subnets?.Subnets?.[0]?.SubnetId,
    routeTableId: table?.RouteTableId,
    mainAssociationId: table?.Associations?.[0]?.RouteTableAssociationId,
    networkAclId: acl?.NetworkAclId,
    associationId: acl?.Associations?.[0]?.NetworkAclAssociationId,
    securityGroupId: groups?.SecurityGroups?.[0]?.GroupId,
    peering: peeringOf(peerings?.VpcPeeringConnections?.[0]),
  };
}

function peeringOf(found: VpcPeeringConnection | undefined): Sample['peering'] {
  const { OwnerId: accountId = '', Region: region = '', VpcId: vpcId = '' } = found?.AccepterVpcInfo ?? {};
  const id = found?.VpcPeeringConnectionId;
  return id === undefined ? undefined : { id, accountId, region, vpcId };
}

/** What a role may not read is told by the probes. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsCallError) return undefined;
    throw error;
  }
}
