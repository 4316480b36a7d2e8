import type { Tag } from '@aws-sdk/client-ec2';
import { sleep } from '@temporalio/activity';
import type { Ownership, ResourceRole } from '../contract/tags.js';
import type { AccessPlan } from '../domain/access/plan-access.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { inVpc, missingTags } from './aws/tagging.js';
import { awsEntryOf, compareEntries, entriesOf, entryText } from './network-acl-entry.js';
import { findNetworkAcls, networkAclOf } from './network-acl.js';
import { compareRoutes, findRouteTables, routesOf, targetOf } from './route.js';
import { compareRules, hasAgreedRules, permissionTexts, ruleText } from './security-group-rule.js';
import { findSecurityGroups, isDefaultGroup } from './security-group.js';
import { findSubnets, SUBNET_ROLES } from './subnet.js';
import { findPeerings } from './vpc-peering-connection.js';
import { findVpcs, hasDnsHostnames } from './vpc.js';

export interface FindDriftInput {
  region: string;
  owner: Ownership;
  network: {
    vpcId: string;
    subnetIds: string[];
    routeTableId: string;
    networkAclId: string;
    securityGroupId: string;
  };
  access: AccessPlan;
  vpcPeeringConnectionId: string;
}

export interface DriftActivities {
  /**
   * Every difference between what AWS shows and what is wanted, one readable line each; empty when there is none. A
   * difference is believed when a second look, after the time that AWS may lag behind, shows it too. At most 50 lines, and
   * one that counts the rest.
   */
  findDrift(input: FindDriftInput): Promise<{ drift: string[] }>;
}

const MOST_LINES = 50;

export function createDriftActivities(clients: Ec2Clients): DriftActivities {
  return {
    async findDrift(input) {
      const ec2 = clients('observe', input.region);
      const first = await differences(ec2, input);
      if (first.length === 0) return { drift: [] };
      await sleep(ec2.timing.absentAfterMs);
      const lasting = (await differences(ec2, input)).filter((line) => first.includes(line));
      const rest = lasting.length - MOST_LINES;
      return {
        drift: rest > 0 ? [...lasting.slice(0, MOST_LINES), `and ${rest.toString()} more`] : lasting,
      };
    },
  };
}

async function differences(ec2: Ec2, input: FindDriftInput): Promise<string[]> {
  const found = await Promise.all([
    driftOfVpc(ec2, input),
    driftOfSubnets(ec2, input),
    driftOfRoutes(ec2, input),
    driftOfNetworkAcls(ec2, input),
    driftOfSecurityGroups(ec2, input),
    driftOfPeering(ec2, input),
  ]);
  return found.flat();
}

/** A resource as it is shown, if it is. */
type Shown = { Tags?: Tag[] | undefined } | undefined;

function driftOfTags(
  owner: Ownership,
  role: ResourceRole,
  { id, shown }: { id: string; shown: Shown },
): string[] {
  const missing = missingTags(shown?.Tags, owner, role);
  return missing.length === 0 ? [] : [`${id} lacks its tags ${missing.join(', ')}`];
}

async function driftOfVpc(ec2: Ec2, { owner, network: { vpcId } }: FindDriftInput): Promise<string[]> {
  const vpc = (await findVpcs(ec2, inVpc(vpcId))).find((candidate) => candidate.VpcId === vpcId);
  if (vpc === undefined) return [`VPC ${vpcId} is gone`];
  return [
    ...((await hasDnsHostnames(ec2, vpcId)) ? [] : [`DNS hostnames of ${vpcId} are off`]),
    ...driftOfTags(owner, 'vpc', { id: vpcId, shown: vpc }),
  ];
}

async function driftOfSubnets(
  ec2: Ec2,
  { owner, network: { vpcId, subnetIds } }: FindDriftInput,
): Promise<string[]> {
  const found = await findSubnets(ec2, vpcId);
  return subnetIds.flatMap((id, index) => {
    const subnet = found.find(({ SubnetId }) => SubnetId === id);
    if (subnet === undefined) return [`subnet ${id} is gone`];
    const role = SUBNET_ROLES[index];
    return role === undefined ? [] : driftOfTags(owner, role, { id, shown: subnet });
  });
}

async function driftOfRoutes(
  ec2: Ec2,
  { owner, network, access, vpcPeeringConnectionId }: FindDriftInput,
): Promise<string[]> {
  const { vpcId, routeTableId: id, subnetIds } = network;
  const tables = await findRouteTables(ec2, inVpc(vpcId));
  const table = tables.find(({ RouteTableId }) => RouteTableId === id);
  if (table === undefined) return [`route table ${id} is gone`];
  const { missing, broken, extra } = compareRoutes(routesOf(table), {
    destinations: access.routes,
    vpcPeeringConnectionId,
  });
  const others = tables.filter((candidate) => candidate !== table);
  return [
    ...missing.map((destination) => `route to ${destination} is missing`),
    ...broken.map(({ DestinationCidrBlock = '?', State, ...route }) =>
      State === 'blackhole'
        ? `route to ${DestinationCidrBlock} is blackhole`
        : `route to ${DestinationCidrBlock} leads to ${targetOf(route)}, not to ${vpcPeeringConnectionId}`,
    ),
    ...extra.map(
      (route) =>
        `unexpected route to ${route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '?'}`,
    ),
    ...others.flatMap(({ RouteTableId = '?', Associations = [] }) => [
      ...(Associations.some(({ Main }) => Main === true) ? [`${RouteTableId} is the main route table`] : []),
      ...Associations.filter(({ SubnetId = '' }) => subnetIds.includes(SubnetId)).map(
        ({ SubnetId = '?' }) => `subnet ${SubnetId} uses another route table, ${RouteTableId}`,
      ),
    ]),
    ...driftOfTags(owner, 'default', { id, shown: table }),
  ];
}

async function driftOfNetworkAcls(ec2: Ec2, { owner, network, access }: FindDriftInput): Promise<string[]> {
  const { vpcId, networkAclId: id, subnetIds } = network;
  const acls = await findNetworkAcls(ec2, inVpc(vpcId));
  const acl = acls.find(({ NetworkAclId }) => NetworkAclId === id);
  if (acl === undefined) return [`network ACL ${id} is gone`];
  const { missing, changed, extra } = compareEntries(entriesOf(acl), access.networkAclEntries);
  return [
    ...missing.map((entry) => `network ACL ${id} lacks ${entryText(awsEntryOf(entry))}`),
    ...changed.map(
      ({ wanted, present }) =>
        `network ACL ${id} has ${entryText(present)}, not ${entryText(awsEntryOf(wanted))}`,
    ),
    ...extra.map((entry) => `network ACL ${id} has an unexpected ${entryText(entry)}`),
    ...subnetIds.flatMap((subnetId) => {
      const used = networkAclOf(acls, subnetId);
      return used === undefined || used === id
        ? []
        : [`subnet ${subnetId} uses another network ACL, ${used}`];
    }),
    ...driftOfTags(owner, acl.IsDefault === true ? 'default' : 'network-acl', { id, shown: acl }),
  ];
}

async function driftOfSecurityGroups(
  ec2: Ec2,
  { owner, network, access }: FindDriftInput,
): Promise<string[]> {
  const { vpcId, securityGroupId: id } = network;
  const groups = await findSecurityGroups(ec2, inVpc(vpcId));
  const connectors = groups.find(({ GroupId }) => GroupId === id);
  const byDefault = groups.find(isDefaultGroup);
  const defaultId = byDefault?.GroupId ?? '?';
  return [
    ...(connectors === undefined
      ? [`security group ${id} is gone`]
      : [...driftOfRules(connectors), ...driftOfTags(owner, 'security-group', { id, shown: connectors })]),
    ...(byDefault === undefined
      ? []
      : [
          ...(hasAgreedRules(compareRules(byDefault, []))
            ? []
            : [`default security group ${defaultId} has rules`]),
          ...driftOfTags(owner, 'default', { id: defaultId, shown: byDefault }),
        ]),
  ];

  function driftOfRules(group: Parameters<typeof compareRules>[0]): string[] {
    const { missing, unwantedEgress, ingress } = compareRules(group, access.securityGroupEgress);
    const byHand = (direction: string) => (text: string) =>
      `security group ${id}: ${direction} rule ${text} was added by hand`;
    return [
      ...missing.map((rule) => `security group ${id} lacks egress rule ${ruleText(rule)}`),
      ...unwantedEgress.flatMap(permissionTexts).map(byHand('egress')),
      ...ingress.flatMap(permissionTexts).map(byHand('ingress')),
    ];
  }
}

/** Whether it is there and active is judged by whoever watches it; here only whether it can still be found by its tags. */
async function driftOfPeering(
  ec2: Ec2,
  { owner, vpcPeeringConnectionId: id }: FindDriftInput,
): Promise<string[]> {
  const [peering] = await findPeerings(ec2, [{ Name: 'vpc-peering-connection-id', Values: [id] }]);
  return peering === undefined ? [] : driftOfTags(owner, 'peering', { id, shown: peering });
}
