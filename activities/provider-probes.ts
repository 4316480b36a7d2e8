import {
  AuthorizeSecurityGroupEgressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeAvailabilityZonesCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DescribeVpnGatewaysCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type ResourceType,
} from '@aws-sdk/client-ec2';
import { MANAGED_BY, TAG } from '../contract/tags.js';
import type { Purpose } from './aws/ec2-clients.js';
import type { Sample } from './provider-sample.js';

/** A call that carries nothing out, by which AWS tells whether it would be allowed. */
export type Probe = (client: EC2Client, how: { abortSignal: AbortSignal }) => Promise<unknown>;

/** In the order in which they are sent: what could do the most harm, should an endpoint carry it out, comes last. */
export interface Probes {
  looks: Probe[];
  changes: Probe[];
  deletes: Probe[];
}

const DryRun = true;

/** Of RFC 5737, for documentation: nobody has such a range. */
const NOWHERE = '192.0.2.0/24';

/** A number that is free: the plan counts from 100 up. */
const FREE_RULE = 32_766;

/** Without a sample, those alone that are not about something that is there. ModifyVpcAttribute offers no DryRun. */
export function probesFor(purpose: Purpose, deployment: string, sample: Sample | undefined): Probes {
  const looks = [...NETWORK, ...MORE_LOOKS[purpose]];
  if (purpose !== 'release' && sample !== undefined) {
    const question = { DryRun, VpcId: sample.vpcId, Attribute: 'enableDnsHostnames' } as const;
    looks.push((client, how) => client.send(new DescribeVpcAttributeCommand(question), how));
  }
  return {
    looks,
    changes: purpose === 'provision' ? changesFor(deployment, sample) : [],
    deletes: purpose === 'observe' || sample === undefined ? [] : deletesFor(purpose, sample),
  };
}

const NETWORK: readonly Probe[] = [
  (client, how) => client.send(new DescribeNetworkAclsCommand({ DryRun }), how),
  (client, how) => client.send(new DescribeRouteTablesCommand({ DryRun }), how),
  (client, how) => client.send(new DescribeSecurityGroupsCommand({ DryRun }), how),
  (client, how) => client.send(new DescribeSubnetsCommand({ DryRun }), how),
  (client, how) => client.send(new DescribeVpcPeeringConnectionsCommand({ DryRun }), how),
  (client, how) => client.send(new DescribeVpcsCommand({ DryRun }), how),
];

const MORE_LOOKS: Readonly<Record<Purpose, readonly Probe[]>> = {
  observe: [],
  provision: [(client, how) => client.send(new DescribeAvailabilityZonesCommand({ DryRun }), how)],
  release: [
    (client, how) => client.send(new DescribeEgressOnlyInternetGatewaysCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeInternetGatewaysCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeNatGatewaysCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeNetworkInterfacesCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeTransitGatewayVpcAttachmentsCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeVpcEndpointsCommand({ DryRun }), how),
    (client, how) => client.send(new DescribeVpnGatewaysCommand({ DryRun }), how),
  ],
};

function changesFor(deployment: string, sample: Sample | undefined): Probe[] {
  const Tags = [
    { Key: TAG.managedBy, Value: MANAGED_BY },
    { Key: TAG.deployment, Value: deployment },
  ];
  const tagged = (kind: ResourceType) => ({ TagSpecifications: [{ ResourceType: kind, Tags }] });
  const makeVpc: Probe = (client, how) =>
    client.send(new CreateVpcCommand({ DryRun, CidrBlock: NOWHERE, ...tagged('vpc') }), how);
  if (sample === undefined) return [makeVpc];
  const {
    vpcId: VpcId,
    subnetId,
    networkAclId,
    associationId,
    securityGroupId,
    routeTableId,
    mainAssociationId,
    peering,
  } = sample;
  const probes: Probe[] = [
    // What it already bears.
    (client, how) => client.send(new CreateTagsCommand({ DryRun, Resources: [VpcId], Tags }), how),
    makeVpc,
    (client, how) =>
      client.send(new CreateSubnetCommand({ DryRun, VpcId, CidrBlock: NOWHERE, ...tagged('subnet') }), how),
    (client, how) =>
      client.send(new CreateNetworkAclCommand({ DryRun, VpcId, ...tagged('network-acl') }), how),
    (client, how) => {
      const group = { GroupName: 'causeway-probe', Description: 'Never made', VpcId };
      return client.send(
        new CreateSecurityGroupCommand({ DryRun, ...group, ...tagged('security-group') }),
        how,
      );
    },
  ];
  if (networkAclId !== undefined) probes.push(...entryProbes(networkAclId));
  if (networkAclId !== undefined && associationId !== undefined && subnetId !== undefined) {
    const association = { NetworkAclId: networkAclId, AssociationId: associationId };
    probes.push((client, how) =>
      client.send(new ReplaceNetworkAclAssociationCommand({ DryRun, ...association }), how),
    );
  }
  if (routeTableId !== undefined && mainAssociationId !== undefined) {
    // The one that it has.
    const association = { RouteTableId: routeTableId, AssociationId: mainAssociationId };
    probes.push((client, how) =>
      client.send(new ReplaceRouteTableAssociationCommand({ DryRun, ...association }), how),
    );
  }
  if (securityGroupId !== undefined) probes.push(...ruleProbes(securityGroupId));
  if (peering !== undefined) {
    probes.push(...peeringProbes(VpcId, peering, tagged('vpc-peering-connection')));
    if (routeTableId !== undefined) probes.push(...routeProbes(routeTableId, peering.id));
  }
  return probes;
}

function entryProbes(NetworkAclId: string): Probe[] {
  const place = { DryRun, NetworkAclId, RuleNumber: FREE_RULE, Egress: true };
  const entry = { ...place, Protocol: '-1', RuleAction: 'deny', CidrBlock: NOWHERE } as const;
  return [
    (client, how) => client.send(new CreateNetworkAclEntryCommand(entry), how),
    (client, how) => client.send(new ReplaceNetworkAclEntryCommand(entry), how),
    (client, how) => client.send(new DeleteNetworkAclEntryCommand(place), how),
  ];
}

function ruleProbes(GroupId: string): Probe[] {
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 9, ToPort: 9, IpRanges: [{ CidrIp: NOWHERE }] }];
  const rule = { DryRun, GroupId, IpPermissions };
  return [
    (client, how) => client.send(new AuthorizeSecurityGroupEgressCommand(rule), how),
    (client, how) => client.send(new RevokeSecurityGroupEgressCommand(rule), how),
    (client, how) => client.send(new RevokeSecurityGroupIngressCommand(rule), how),
  ];
}

function routeProbes(RouteTableId: string, VpcPeeringConnectionId: string): Probe[] {
  const place = { DryRun, RouteTableId, DestinationCidrBlock: NOWHERE };
  const route = { ...place, VpcPeeringConnectionId };
  return [
    (client, how) => client.send(new CreateRouteCommand(route), how),
    (client, how) => client.send(new ReplaceRouteCommand(route), how),
    (client, how) => client.send(new DeleteRouteCommand(place), how),
  ];
}

function peeringProbes(
  VpcId: string,
  peering: NonNullable<Sample['peering']>,
  tags: Pick<ConstructorParameters<typeof CreateVpcPeeringConnectionCommand>[0], 'TagSpecifications'>,
): Probe[] {
  const accepter = { PeerOwnerId: peering.accountId, PeerRegion: peering.region, PeerVpcId: peering.vpcId };
  const request = { DryRun, VpcId, ...accepter, ...tags };
  const options = {
    DryRun,
    VpcPeeringConnectionId: peering.id,
    RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
  };
  return [
    (client, how) => client.send(new CreateVpcPeeringConnectionCommand(request), how),
    (client, how) => client.send(new ModifyVpcPeeringConnectionOptionsCommand(options), how),
  ];
}

function deletesFor(purpose: Purpose, sample: Sample): Probe[] {
  const { vpcId: VpcId, subnetId, networkAclId, securityGroupId, routeTableId, peering } = sample;
  const probes: Probe[] = [(client, how) => client.send(new DeleteVpcCommand({ DryRun, VpcId }), how)];
  if (networkAclId !== undefined) {
    const acl = { DryRun, NetworkAclId: networkAclId };
    probes.push((client, how) => client.send(new DeleteNetworkAclCommand(acl), how));
  }
  if (purpose !== 'release') return probes;
  if (routeTableId !== undefined) {
    const table = { DryRun, RouteTableId: routeTableId };
    probes.push((client, how) => client.send(new DeleteRouteTableCommand(table), how));
  }
  if (subnetId !== undefined) {
    const subnet = { DryRun, SubnetId: subnetId };
    probes.push((client, how) => client.send(new DeleteSubnetCommand(subnet), how));
  }
  if (securityGroupId !== undefined) {
    const group = { DryRun, GroupId: securityGroupId };
    probes.push((client, how) => client.send(new DeleteSecurityGroupCommand(group), how));
  }
  if (peering !== undefined) {
    const connection = { DryRun, VpcPeeringConnectionId: peering.id };
    probes.push((client, how) => client.send(new DeleteVpcPeeringConnectionCommand(connection), how));
  }
  return probes;
}
