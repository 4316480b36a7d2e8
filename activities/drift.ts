import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { sleep } from '@temporalio/activity';
import type { AccessPlan } from '../domain/access/plan-access.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollUntil } from './aws/poll.js';
import { awsTags, missingTags } from './aws/tagging.js';
import { awsEntryOf, compareEntries, entriesOf, entryText } from './network-acl-entry.js';
import { networkAclOf } from './network-acl.js';
import { ownResources, readNetwork, type BuiltConnection, type NetworkSnapshot } from './network-snapshot.js';
import { optionOf } from './peerings.js';
import { compareRoutes, destinationOf, routesOf, targetOf } from './route.js';
import { compareRules, hasAgreedRules, permissionTexts, ruleText } from './security-group-rule.js';
import { isDefaultGroup } from './security-group.js';
import { ensureDnsHostnames } from './vpc.js';

export interface FindDriftInput extends BuiltConnection {
  access: AccessPlan;
  /** Whether the provider's own DNS option is to be on. */
  isDnsOptionWanted: boolean;
}

export interface Drift {
  /** What can be put right. */
  drift: string[];
  /** What AWS put there together with something else, and takes away with that alone. */
  beyond: string[];
}

export interface DriftActivities {
  /**
   * Every difference between what AWS shows and what is wanted, one readable line each; empty when there is none. A
   * difference is believed when a second look, after the time that AWS may lag behind, shows it too. At most 50 lines, and
   * one that counts the rest.
   */
  findDrift(input: FindDriftInput): Promise<Drift>;
  /**
   * Puts the tags back on all that belongs to the connection, and the VPC's DNS hostnames on. It goes by ids and creates
   * nothing, so that it is safe where tags have gone by which anything else would look.
   */
  ensureTagsAndDns(input: BuiltConnection): Promise<void>;
}

const MOST_LINES = 50;

export function createDriftActivities(clients: Ec2Clients): DriftActivities {
  return {
    async findDrift(input) {
      const ec2 = clients('observe', input.region);
      const look = async (): Promise<Drift> => {
        const shown = await readNetwork(ec2, input);
        if (shown.vpc === undefined) await ec2.identity.requireOwn();
        return { drift: differences(shown, input), beyond: beyondUs(shown, input) };
      };
      const first = await look();
      if (first.drift.length + first.beyond.length === 0) return first;
      await sleep(ec2.timing.secondLookMs);
      const second = await look();
      return {
        drift: atMost(second.drift.filter((line) => first.drift.includes(line))),
        beyond: atMost(second.beyond.filter((line) => first.beyond.includes(line))),
      };
    },

    async ensureTagsAndDns(input) {
      const ec2 = clients('provision', input.region);
      const shown = await readNetwork(ec2, input);
      // First: the role that changes the VPC may be bound to its tags.
      await ensureTags(ec2, shown, input);
      if (shown.vpc !== undefined) await ensureDnsHostnames(ec2, input.network.vpcId);
    },
  };
}

function atMost(lines: string[]): string[] {
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), `and ${rest.toString()} more`] : lines;
}

/** Each role has tags of its own: one call for all in the same role. */
async function ensureTags(ec2: Ec2, shown: NetworkSnapshot, input: BuiltConnection): Promise<void> {
  const { owner } = input;
  const untagged = (snapshot: NetworkSnapshot) =>
    ownResources(snapshot, input).filter(({ tags, role }) => missingTags(tags, owner, role).length > 0);
  const strange = untagged(shown);
  if (strange.length === 0) return;
  for (const role of new Set(strange.map((resource) => resource.role))) {
    const Resources = strange.filter((resource) => resource.role === role).map(({ id }) => id);
    await ec2.write.send(new CreateTagsCommand({ Resources, Tags: awsTags(owner, role) }));
  }
  await pollUntil(ec2, `the tags of ${strange.map(({ id }) => id).join(', ')}`, async () =>
    untagged(await readNetwork(ec2, input)).length === 0 ? true : undefined,
  );
}

function differences(shown: NetworkSnapshot, input: FindDriftInput): string[] {
  const { vpcId, subnetIds } = input.network;
  if (shown.vpc === undefined) return [`VPC ${vpcId} is gone`];
  return [
    ...(shown.dnsHostnames ? [] : [`DNS hostnames of ${vpcId} are off`]),
    ...subnetIds
      .filter((id) => !shown.subnets.some(({ SubnetId }) => SubnetId === id))
      .map((id) => `subnet ${id} is gone`),
    ...driftOfRoutes(shown, input),
    ...driftOfDnsOption(shown, input),
    ...driftOfNetworkAcls(shown, input),
    ...driftOfSecurityGroups(shown, input),
    ...ownResources(shown, input).flatMap(({ id, role, tags }) => {
      const missing = missingTags(tags, input.owner, role);
      return missing.length === 0 ? [] : [`${id} lacks its tags ${missing.join(', ')}`];
    }),
  ];
}

/** What AWS does not show of the option says nothing. */
function driftOfDnsOption({ peering }: NetworkSnapshot, input: FindDriftInput): string[] {
  return input.isDnsOptionWanted && optionOf(peering?.RequesterVpcInfo) === false
    ? [`the provider's DNS option of ${input.vpcPeeringConnectionId} is off`]
    : [];
}

/** Whoever made what brought these routes along can take them away. */
function beyondUs({ routeTables }: NetworkSnapshot, input: FindDriftInput): string[] {
  const { network, access, vpcPeeringConnectionId } = input;
  const table = routeTables.find(({ RouteTableId }) => RouteTableId === network.routeTableId);
  if (table === undefined) return [];
  const { awsOwn } = compareRoutes(routesOf(table), { destinations: access.routes, vpcPeeringConnectionId });
  return awsOwn.map(
    (route) => `AWS itself put a route to ${destinationOf(route)} there, which goes with ${targetOf(route)}`,
  );
}

function driftOfRoutes({ routeTables }: NetworkSnapshot, input: FindDriftInput): string[] {
  const { network, access, vpcPeeringConnectionId } = input;
  const { routeTableId: id, subnetIds } = network;
  const table = routeTables.find(({ RouteTableId }) => RouteTableId === id);
  if (table === undefined) return [`route table ${id} is gone`];
  const { missing, broken, extra } = compareRoutes(routesOf(table), {
    destinations: access.routes,
    vpcPeeringConnectionId,
  });
  return [
    ...missing.map((destination) => `route to ${destination} is missing`),
    ...broken.map((route) =>
      route.State === 'blackhole'
        ? `route to ${destinationOf(route)} is blackhole`
        : `route to ${destinationOf(route)} leads to ${targetOf(route)}, not to ${vpcPeeringConnectionId}`,
    ),
    ...extra.map((route) => `unexpected route to ${destinationOf(route)}, leading to ${targetOf(route)}`),
    ...routeTables
      .filter((other) => other !== table)
      .flatMap(({ RouteTableId = '?', Associations = [] }) =>
        Associations.filter(({ SubnetId = '', Main }) => Main === true || subnetIds.includes(SubnetId)).map(
          ({ SubnetId }) =>
            SubnetId === undefined
              ? `${RouteTableId} has been made the main route table`
              : `subnet ${SubnetId} uses another route table, ${RouteTableId}`,
        ),
      ),
  ];
}

function driftOfNetworkAcls({ networkAcls }: NetworkSnapshot, { network, access }: FindDriftInput): string[] {
  const { networkAclId: id, subnetIds } = network;
  const acl = networkAcls.find(({ NetworkAclId }) => NetworkAclId === id);
  if (acl === undefined) return [`network ACL ${id} is gone`];
  const { missing, changed, extra } = compareEntries(entriesOf(acl), access.networkAclEntries);
  return [
    ...missing.map((entry) => `network ACL ${id} lacks ${entryText(awsEntryOf(entry))}`),
    ...changed.map(
      ({ wanted, present }) =>
        `network ACL ${id} has ${entryText(present)}, instead of ${entryText(awsEntryOf(wanted))}`,
    ),
    ...extra.map((entry) => `network ACL ${id} has an unexpected ${entryText(entry)}`),
    ...subnetIds.flatMap((subnetId) => {
      const used = networkAclOf(networkAcls, subnetId);
      return used === undefined || used === id
        ? []
        : [`subnet ${subnetId} uses another network ACL, ${used}`];
    }),
  ];
}

function driftOfSecurityGroups(
  { securityGroups }: NetworkSnapshot,
  { network, access }: FindDriftInput,
): string[] {
  const { securityGroupId: id } = network;
  const emptied = securityGroups
    .filter((group) => isDefaultGroup(group) && !hasAgreedRules(compareRules(group, [])))
    .map(({ GroupId = '?' }) => `default security group ${GroupId} has rules`);
  const group = securityGroups.find(({ GroupId }) => GroupId === id);
  if (group === undefined) return [`security group ${id} is gone`, ...emptied];
  const { missing, unwantedEgress, ingress } = compareRules(group, access.securityGroupEgress);
  const byHand = (direction: string) => (text: string) =>
    `security group ${id}: ${direction} rule ${text} was added by hand`;
  return [
    ...missing.map((rule) => `security group ${id} lacks egress rule ${ruleText(rule)}`),
    ...unwantedEgress.flatMap(permissionTexts).map(byHand('egress')),
    ...ingress.flatMap(permissionTexts).map(byHand('ingress')),
    ...emptied,
  ];
}
