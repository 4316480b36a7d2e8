import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type Filter,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import type { SecurityGroupRule } from '../domain/access/plan-access.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import { LARGEST_PAGE, type Ec2, type Ec2Clients } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';
import { pollUntil } from './aws/poll.js';
import { inVpc, isOwnedBy, tagSpecification } from './aws/tagging.js';
import { conflictingResource } from './failure.js';
import { compareRules, hasAgreedRules, permissionOf } from './security-group-rule.js';

export interface EnsureSecurityGroupsInput {
  region: string;
  owner: Ownership;
  vpcId: string;
  /** All that connectors may reach; nothing may reach them. */
  egress: SecurityGroupRule[];
}

export interface SecurityGroupActivities {
  /** The connectors' security group, exactly as agreed, and the VPC's default one emptied. */
  ensureSecurityGroups(input: EnsureSecurityGroupsInput): Promise<{ securityGroupId: string }>;
}

/** Names and descriptions are ASCII only, so the customer's name stands in the tags alone. */
const CONNECTORS_GROUP = 'causeway-connectors';
const CONNECTORS_DESCRIPTION = 'Connectors of one Causeway peering: agreed egress only';
const DEFAULT_GROUP = 'default';

export function createSecurityGroupActivities(clients: Ec2Clients): SecurityGroupActivities {
  return {
    async ensureSecurityGroups(input) {
      const ec2 = clients('provision', input.region);
      const byDefault = await waitForGroup(ec2, input.vpcId, DEFAULT_GROUP);
      await ensureRules(ec2, byDefault, []);
      const connectors = await ensureConnectorsGroup(ec2, input);
      await ensureRules(ec2, connectors, input.egress);
      await readBack(ec2, input.vpcId, { [DEFAULT_GROUP]: [], [CONNECTORS_GROUP]: input.egress });
      return { securityGroupId: connectors.GroupId ?? '' };
    },
  };
}

async function ensureConnectorsGroup(
  ec2: Ec2,
  { vpcId, owner }: EnsureSecurityGroupsInput,
): Promise<SecurityGroup> {
  if ((await findGroup(ec2, vpcId, CONNECTORS_GROUP)) === undefined) {
    await ec2.write
      .send(
        new CreateSecurityGroupCommand({
          GroupName: CONNECTORS_GROUP,
          Description: CONNECTORS_DESCRIPTION,
          VpcId: vpcId,
          TagSpecifications: tagSpecification('security-group', owner, 'security-group'),
        }),
      )
      .catch(ignoreAlreadyThere);
  }
  const group = await waitForGroup(ec2, vpcId, CONNECTORS_GROUP);
  if (!isOwnedBy(owner, group.Tags)) {
    throw conflictingResource(`security group ${group.GroupId ?? '?'} does not carry this run's tags`);
  }
  return group;
}

function waitForGroup(ec2: Ec2, vpcId: string, name: string): Promise<SecurityGroup> {
  return pollUntil(ec2, `security group ${name} of ${vpcId}`, () => findGroup(ec2, vpcId, name));
}

async function findGroup(ec2: Ec2, vpcId: string, name: string): Promise<SecurityGroup | undefined> {
  return (await findSecurityGroups(ec2, inVpc(vpcId))).find((group) => group.GroupName === name);
}

/** No other may bear that name. */
export function isDefaultGroup({ GroupName }: SecurityGroup): boolean {
  return GroupName === DEFAULT_GROUP;
}

/** Every security group that a filter gives, in pages. */
export async function findSecurityGroups(ec2: Ec2, filters: Filter[]): Promise<SecurityGroup[]> {
  const pages = paginateDescribeSecurityGroups(
    { client: ec2.read, pageSize: LARGEST_PAGE },
    { Filters: filters },
  );
  return allOf(pages, (page) => page.SecurityGroups);
}

/** Adds what is missing first, so that allowed traffic has no gap, then takes away the rest. */
async function ensureRules(
  ec2: Ec2,
  group: SecurityGroup,
  egress: readonly SecurityGroupRule[],
): Promise<void> {
  const { GroupId } = group;
  const { missing, unwantedEgress, ingress } = compareRules(group, egress);
  if (missing.length > 0) {
    const IpPermissions = missing.map(permissionOf);
    await ec2.write
      .send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }))
      .catch(ignoreAlreadyThere);
  }
  if (unwantedEgress.length > 0) {
    await ec2.write
      .send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: unwantedEgress }))
      .catch(ignoreMissingRule);
  }
  if (ingress.length > 0) {
    await ec2.write
      .send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }))
      .catch(ignoreMissingRule);
  }
}

function ignoreMissingRule(error: unknown): void {
  if (!isAwsCode(error, 'InvalidPermission.NotFound')) throw error;
}

async function readBack(
  ec2: Ec2,
  vpcId: string,
  wanted: Record<string, readonly SecurityGroupRule[]>,
): Promise<void> {
  await pollUntil(ec2, `security-group rules of ${vpcId}`, async () => {
    const groups = await findSecurityGroups(ec2, inVpc(vpcId));
    const exact = Object.entries(wanted).every(([name, egress]) => {
      const group = groups.find((candidate) => candidate.GroupName === name);
      return group !== undefined && hasAgreedRules(compareRules(group, egress));
    });
    return exact ? true : undefined;
  });
}
