/** Changes that people make by hand to what Causeway built: what is seen of each, and the activity that puts it right. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  ModifyVpcAttributeCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  RevokeSecurityGroupEgressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { TAG } from '../../contract/tags.js';
import type { ActivityWorld } from '../harness/activity-world.js';
import {
  connect,
  driftInput,
  networkAclInput,
  PROVIDER_REGION,
  routesInput,
  securityGroupsInput,
  STATED,
} from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { providerSide } from '../harness/inventory.js';
import { present } from '../harness/networks.js';
import type { Act } from './network-cases.js';

export type Connected = Awaited<ReturnType<typeof connect>>;

export interface DriftCase {
  tamper: (aws: EC2Client, connection: Connected, world: ActivityWorld) => Promise<unknown>;
  /** What `findDrift` says, each line with ids as they are. */
  lines: (connection: Connected, world: ActivityWorld) => Promise<string[]> | string[];
  repair: (connection: Connected) => Act;
  /** The calls that the repair takes. */
  changes: string[];
}

const repairRoutes: DriftCase['repair'] = (connection) => (activities) =>
  activities.ensureRoutes(routesInput(connection));
const repairEntries: DriftCase['repair'] = (connection) => (activities) =>
  activities.ensureNetworkAclEntries(networkAclInput(connection));
const repairGroups: DriftCase['repair'] = (connection) => (activities) =>
  activities.ensureSecurityGroups(securityGroupsInput(connection));
const repairTagsAndDns: DriftCase['repair'] = (connection) => (activities) =>
  activities.ensureTagsAndDns(driftInput(connection));

const ANYWHERE = '0.0.0.0/0';
const AGREED_PORTS = { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535 };

export const DRIFT_CASES: Record<string, DriftCase> = {
  'a route was deleted': {
    tamper: (aws, { vpc }) =>
      aws.send(new DeleteRouteCommand({ RouteTableId: vpc.routeTableId, DestinationCidrBlock: STATED })),
    lines: () => [`route to ${STATED} is missing`],
    repair: repairRoutes,
    changes: ['CreateRoute'],
  },
  'a route was added': {
    tamper: (aws, { vpc, peering: { vpcPeeringConnectionId: VpcPeeringConnectionId } }) =>
      aws.send(
        new CreateRouteCommand({
          RouteTableId: vpc.routeTableId,
          DestinationCidrBlock: '172.31.64.0/20',
          VpcPeeringConnectionId,
        }),
      ),
    lines: ({ peering }) => [
      `unexpected route to 172.31.64.0/20, leading to ${peering.vpcPeeringConnectionId}`,
    ],
    repair: repairRoutes,
    changes: ['DeleteRoute'],
  },
  'a network ACL entry was deleted': {
    tamper: (aws, { vpc }) =>
      aws.send(
        new DeleteNetworkAclEntryCommand({ NetworkAclId: vpc.networkAclId, RuleNumber: 100, Egress: true }),
      ),
    lines: ({ vpc }) => [
      `network ACL ${vpc.networkAclId} lacks egress entry 100: allow tcp 0-65535 to ${STATED}`,
    ],
    repair: repairEntries,
    changes: ['CreateNetworkAclEntry'],
  },
  'a network ACL entry was added': {
    tamper: (aws, { vpc }) =>
      aws.send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: vpc.networkAclId,
          RuleNumber: 50,
          Egress: false,
          Protocol: '-1',
          RuleAction: 'allow',
          CidrBlock: ANYWHERE,
        }),
      ),
    lines: ({ vpc }) => [
      `network ACL ${vpc.networkAclId} has an unexpected ingress entry 50: allow all 0-65535 from 0.0.0.0/0`,
    ],
    repair: repairEntries,
    changes: ['DeleteNetworkAclEntry'],
  },
  'a network ACL entry was turned into a refusal': {
    tamper: (aws, { vpc }) =>
      aws.send(
        new ReplaceNetworkAclEntryCommand({
          NetworkAclId: vpc.networkAclId,
          RuleNumber: 100,
          Egress: true,
          Protocol: '6',
          RuleAction: 'deny',
          CidrBlock: STATED,
          PortRange: { From: 0, To: 65_535 },
        }),
      ),
    lines: ({ vpc }) => [
      `network ACL ${vpc.networkAclId} has egress entry 100: deny tcp 0-65535 to ${STATED}, ` +
        `instead of egress entry 100: allow tcp 0-65535 to ${STATED}`,
    ],
    repair: repairEntries,
    changes: ['ReplaceNetworkAclEntry'],
  },
  'a subnet was moved to another network ACL': {
    tamper: async (aws, { vpc, subnetIds: [subnetId] }) => {
      const { NetworkAcl: other } = await aws.send(new CreateNetworkAclCommand({ VpcId: vpc.vpcId }));
      await aws.send(
        new ReplaceNetworkAclAssociationCommand({
          AssociationId: await associationOf(aws, present(subnetId)),
          NetworkAclId: other?.NetworkAclId,
        }),
      );
    },
    lines: async ({ subnetIds: [subnetId] }, { aws }) => {
      const other = (await providerSide(aws)).networkAcls.find(({ isDefault }) => !isDefault);
      return [`subnet ${present(subnetId)} uses another network ACL, ${present(other).networkAclId}`];
    },
    repair:
      ({ vpc: { vpcId, networkAclId }, subnetIds }) =>
      (activities) =>
        activities.associateNetworkAcl({ region: PROVIDER_REGION, vpcId, networkAclId, subnetIds }),
    changes: ['ReplaceNetworkAclAssociation'],
  },
  'a security-group rule was revoked': {
    tamper: (aws, { securityGroupId }) =>
      aws.send(
        new RevokeSecurityGroupEgressCommand({
          GroupId: securityGroupId,
          IpPermissions: [{ ...AGREED_PORTS, IpRanges: [{ CidrIp: STATED }] }],
        }),
      ),
    lines: ({ securityGroupId }) => [
      `security group ${securityGroupId} lacks egress rule tcp 0-65535 ${STATED}`,
    ],
    repair: repairGroups,
    changes: ['AuthorizeSecurityGroupEgress'],
  },
  'security-group rules were added': {
    tamper: async (aws, { securityGroupId: GroupId }) => {
      const Egress = [{ ...AGREED_PORTS, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
      const Ingress = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }];
      await aws.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: Egress }));
      await aws.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: Ingress }));
    },
    lines: ({ securityGroupId }) => [
      `security group ${securityGroupId}: egress rule tcp 0-65535 10.0.0.0/8 was added by hand`,
      `security group ${securityGroupId}: ingress rule all 0.0.0.0/0 was added by hand`,
    ],
    repair: repairGroups,
    changes: ['RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress'],
  },
  'the default security group was given a rule': {
    tamper: async (aws, { vpc }) => {
      const GroupId = await defaultGroupOf(aws, vpc.vpcId);
      const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: ANYWHERE }] }];
      await aws.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    },
    lines: async (_, { aws }) => {
      const group = (await providerSide(aws)).securityGroups.find(({ isDefault }) => isDefault);
      return [`default security group ${present(group).groupId} has rules`];
    },
    repair: repairGroups,
    changes: ['RevokeSecurityGroupEgress'],
  },
  'DNS hostnames were turned off': {
    tamper: (aws, { vpc }) =>
      aws.send(new ModifyVpcAttributeCommand({ VpcId: vpc.vpcId, EnableDnsHostnames: { Value: false } })),
    lines: ({ vpc }) => [`DNS hostnames of ${vpc.vpcId} are off`],
    repair: repairTagsAndDns,
    changes: ['ModifyVpcAttribute'],
  },
  'tags were taken away': {
    tamper: (aws, { vpc, securityGroupId, peering: { vpcPeeringConnectionId } }) =>
      aws.send(
        new DeleteTagsCommand({
          Resources: [vpc.vpcId, vpc.routeTableId, vpc.networkAclId, securityGroupId, vpcPeeringConnectionId],
          Tags: [{ Key: TAG.run }, { Key: TAG.deployment }],
        }),
      ),
    lines: ({ vpc, securityGroupId, peering: { vpcPeeringConnectionId } }) =>
      [vpc.vpcId, vpc.routeTableId, vpc.networkAclId, securityGroupId, vpcPeeringConnectionId].map(
        (id) => `${id} lacks its tags ${TAG.deployment}, ${TAG.run}`,
      ),
    repair: repairTagsAndDns,
    changes: ['CreateTags', 'CreateTags', 'CreateTags', 'CreateTags'],
  },
};

/** A connection that is up, and somebody's change to it. */
export async function tampered(world: ActivityWorld, { tamper }: DriftCase): Promise<Connected> {
  const connection = await connect(world);
  await tamper(world.aws.ec2(PROVIDER, PROVIDER_REGION), connection, world);
  return connection;
}

async function defaultGroupOf(aws: EC2Client, vpcId: string): Promise<string> {
  const { SecurityGroups } = await aws.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  return present(SecurityGroups?.[0]?.GroupId);
}

async function associationOf(aws: EC2Client, subnetId: string): Promise<string> {
  const { NetworkAcls } = await aws.send(
    new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] }),
  );
  const associations = NetworkAcls?.flatMap(({ Associations = [] }) => Associations);
  const association = associations?.find((candidate) => candidate.SubnetId === subnetId);
  return present(association?.NetworkAclAssociationId);
}
