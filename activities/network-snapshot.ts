import type {
  NetworkAcl,
  RouteTable,
  SecurityGroup,
  Subnet,
  Tag,
  Vpc,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { Ownership, ResourceRole } from '../contract/tags.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { inVpc } from './aws/tagging.js';
import { findNetworkAcls } from './network-acl.js';
import { findRouteTables } from './route.js';
import { findSecurityGroups, isDefaultGroup } from './security-group.js';
import { rolesOf } from './remembered-network.js';
import { findSubnets } from './subnet.js';
import { findPeerings } from './peerings.js';
import { findVpcs, hasDnsHostnames } from './vpc.js';

/** A connection as it was built, by the ids that AWS gave. */
export interface BuiltConnection {
  region: string;
  owner: Ownership;
  network: {
    vpcId: string;
    subnetIds: string[];
    routeTableId: string;
    networkAclId: string;
    securityGroupId: string;
  };
  vpcPeeringConnectionId: string;
}

/** All that AWS shows of a connection's VPC and of its peering, whoever made it. */
export interface NetworkSnapshot {
  vpc: Vpc | undefined;
  dnsHostnames: boolean;
  subnets: Subnet[];
  routeTables: RouteTable[];
  networkAcls: NetworkAcl[];
  securityGroups: SecurityGroup[];
  peering: VpcPeeringConnection | undefined;
}

export async function readNetwork(
  ec2: Ec2,
  { network: { vpcId }, vpcPeeringConnectionId: id }: BuiltConnection,
): Promise<NetworkSnapshot> {
  const [vpcs, subnets, routeTables, networkAcls, securityGroups, peerings] = await Promise.all([
    findVpcs(ec2, inVpc(vpcId)),
    findSubnets(ec2, vpcId),
    findRouteTables(ec2, inVpc(vpcId)),
    findNetworkAcls(ec2, inVpc(vpcId)),
    findSecurityGroups(ec2, inVpc(vpcId)),
    findPeerings(ec2, [{ Name: 'vpc-peering-connection-id', Values: [id] }]),
  ]);
  const vpc = vpcs.find((candidate) => candidate.VpcId === vpcId);
  return {
    vpc,
    dnsHostnames: vpc !== undefined && (await hasDnsHostnames(ec2, vpcId)),
    subnets,
    routeTables,
    networkAcls,
    securityGroups,
    peering: peerings.find((candidate) => candidate.VpcPeeringConnectionId === id),
  };
}

/** Something of the connection that AWS shows, and the role by which it is tagged. */
export interface OwnResource {
  id: string;
  role: ResourceRole;
  tags: readonly Tag[];
}

/** What of the snapshot belongs to the connection, whatever its tags say. */
export function ownResources(shown: NetworkSnapshot, built: BuiltConnection): OwnResource[] {
  const { vpcId } = built.network;
  const all = new Map<string, readonly Tag[]>();
  const keep = (id: string | undefined, { Tags = [] }: { Tags?: Tag[] | undefined }): void => {
    if (id !== undefined) all.set(id, Tags);
  };
  if (shown.vpc !== undefined) keep(vpcId, shown.vpc);
  for (const subnet of shown.subnets) keep(subnet.SubnetId, subnet);
  for (const table of shown.routeTables) keep(table.RouteTableId, table);
  for (const acl of shown.networkAcls) keep(acl.NetworkAclId, acl);
  for (const group of shown.securityGroups) keep(group.GroupId, group);
  if (shown.peering !== undefined) keep(built.vpcPeeringConnectionId, shown.peering);

  const roles = rolesOf({ ...built.network, vpcPeeringConnectionId: built.vpcPeeringConnectionId });
  const defaults = [
    shown.networkAcls.find(({ IsDefault }) => IsDefault === true)?.NetworkAclId,
    shown.securityGroups.find(isDefaultGroup)?.GroupId,
  ];
  for (const id of defaults) if (id !== undefined) roles.set(id, 'default');
  return [...roles].flatMap(([id, role]) => {
    const tags = all.get(id);
    return tags === undefined ? [] : [{ id, role, tags }];
  });
}
