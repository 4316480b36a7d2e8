import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  ModifyVpcAttributeCommand,
  paginateDescribeVpcs,
  type Filter,
  type Tag,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import { isAwsCode } from './aws/call-error.js';
import { LARGEST_PAGE, type Ec2, type Ec2Clients } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';
import { lookBeforeCreate, pollUntil, tellingRefusal } from './aws/poll.js';
import { awsTags, hasTags, inVpc, isOwnedBy, ownedBy, tagSpecification } from './aws/tagging.js';
import { conflictingResource } from './failure.js';
import { findNetworkAcls } from './network-acl.js';
import { findRouteTables } from './route.js';
import { findSecurityGroups, isDefaultGroup } from './security-group.js';

export interface EnsureVpcInput {
  region: string;
  owner: Ownership;
  cidr: string;
  /** Whether an earlier activity may have made it already. */
  mayExist: boolean;
}

/** The connection's VPC, and what AWS made with it: its main route table and its default network ACL. */
export interface EnsuredVpc {
  vpcId: string;
  routeTableId: string;
  networkAclId: string;
}

export interface VpcActivities {
  ensureVpc(input: EnsureVpcInput): Promise<EnsuredVpc>;
}

export function createVpcActivities(clients: Ec2Clients): VpcActivities {
  return {
    async ensureVpc(input) {
      const ec2 = clients('provision', input.region);
      const vpcId = await ensureOneVpc(ec2, input);
      await ensureDnsHostnames(ec2, vpcId);
      return { vpcId, ...(await takeOverDefaults(ec2, input.owner, vpcId)) };
    },
  };
}

/** CreateVpc takes no client token: tags are the only way to find the VPC of a call whose reply was lost. */
async function ensureOneVpc(ec2: Ec2, { owner, cidr, mayExist }: EnsureVpcInput): Promise<string> {
  const existing = await lookBeforeCreate(ec2, mayExist, async () => {
    const found = await findOwnVpcs(ec2, owner);
    return found.length > 0 ? found : undefined;
  });
  if (existing === undefined) await ec2.identity.requireOwn();
  const created =
    existing === undefined ? await tellingRefusal(() => createVpc(ec2, owner, cidr)) : undefined;
  const all = await pollUntil(ec2, `VPC ${created ?? cidr} in ${ec2.region}`, async () => {
    const found = await findOwnVpcs(ec2, owner);
    return found.length > 0 && (created === undefined || found.some((vpc) => vpc.VpcId === created))
      ? found
      : undefined;
  });
  const { kept, twins } = choose(all, cidr);
  for (const { VpcId } of twins) {
    await ec2.write.send(new DeleteVpcCommand({ VpcId })).catch(ignoreGone);
  }
  if (twins.length > 0) {
    await pollUntil(ec2, `the end of all twins of ${kept}`, async () =>
      (await findOwnVpcs(ec2, owner)).length === 1 ? true : undefined,
    );
  }
  return kept;
}

async function createVpc(ec2: Ec2, owner: Ownership, cidr: string): Promise<string | undefined> {
  const { Vpc } = await ec2.write.send(
    new CreateVpcCommand({ CidrBlock: cidr, TagSpecifications: tagSpecification('vpc', owner, 'vpc') }),
  );
  return Vpc?.VpcId;
}

/** Should twins have appeared all the same, the lowest id stays and the others go. */
function choose(vpcs: readonly Vpc[], cidr: string): { kept: string; twins: Vpc[] } {
  const [kept, ...twins] = [...vpcs].sort((a, b) => ((a.VpcId ?? '') < (b.VpcId ?? '') ? -1 : 1));
  if (kept?.VpcId === undefined || kept.CidrBlock !== cidr) {
    throw conflictingResource(
      `VPC ${kept?.VpcId ?? '?'} has ${kept?.CidrBlock ?? 'no block'}, wanted was ${cidr}`,
    );
  }
  return { kept: kept.VpcId, twins };
}

function ignoreGone(error: unknown): void {
  if (!isAwsCode(error, 'InvalidVpcID.NotFound')) throw error;
}

/** VPCs in the role `vpc` that this run owns. */
export async function findOwnVpcs(ec2: Ec2, owner: Ownership): Promise<Vpc[]> {
  return (await findVpcs(ec2, ownedBy(owner, 'vpc'))).filter((vpc) => isOwnedBy(owner, vpc.Tags));
}

/** By its id; undefined where AWS does not show it. */
export async function findVpc(ec2: Ec2, vpcId: string): Promise<Vpc | undefined> {
  return (await findVpcs(ec2, inVpc(vpcId))).find((vpc) => vpc.VpcId === vpcId);
}

/** Every VPC that a filter gives, in pages. */
export async function findVpcs(ec2: Ec2, filters: Filter[]): Promise<Vpc[]> {
  const pages = paginateDescribeVpcs({ client: ec2.read, pageSize: LARGEST_PAGE }, { Filters: filters });
  return allOf(pages, (page) => page.Vpcs);
}

export async function hasDnsHostnames(ec2: Ec2, vpcId: string): Promise<boolean> {
  const { EnableDnsHostnames } = await ec2.read.send(
    new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsHostnames' }),
  );
  return EnableDnsHostnames?.Value === true;
}

export async function ensureDnsHostnames(ec2: Ec2, vpcId: string): Promise<void> {
  if (await hasDnsHostnames(ec2, vpcId)) return;
  await ec2.write.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  await pollUntil(ec2, `DNS hostnames of ${vpcId}`, async () =>
    (await hasDnsHostnames(ec2, vpcId)) ? true : undefined,
  );
}

/** What AWS made together with the VPC, and what it is tagged with. */
interface Companion {
  id: string;
  tags: readonly Tag[] | undefined;
}

/** Main route table, default network ACL and default security group; undefined while AWS shows one of them not yet. */
async function findDefaults(ec2: Ec2, vpcId: string): Promise<[Companion, Companion, Companion] | undefined> {
  const mainOf = { Name: 'association.main', Values: ['true'] };
  const tables = await findRouteTables(ec2, [...inVpc(vpcId), mainOf]);
  const acls = await findNetworkAcls(ec2, inVpc(vpcId));
  const groups = await findSecurityGroups(ec2, inVpc(vpcId));
  const table = tables.find((candidate) => candidate.VpcId === vpcId);
  const acl = acls.find((candidate) => candidate.VpcId === vpcId && candidate.IsDefault === true);
  const group = groups.find(isDefaultGroup);
  if (table?.RouteTableId === undefined || acl?.NetworkAclId === undefined || group?.GroupId === undefined) {
    return undefined;
  }
  return [
    { id: table.RouteTableId, tags: table.Tags },
    { id: acl.NetworkAclId, tags: acl.Tags },
    { id: group.GroupId, tags: group.Tags },
  ];
}

/** What AWS makes by itself cannot be tagged as it is made: one call for all three. */
async function takeOverDefaults(
  ec2: Ec2,
  owner: Ownership,
  vpcId: string,
): Promise<{ routeTableId: string; networkAclId: string }> {
  const look = () => findDefaults(ec2, vpcId);
  const defaults = await pollUntil(ec2, `what AWS made together with ${vpcId}`, look);
  const isStrange = ({ tags }: Companion): boolean => !hasTags(tags, owner, 'default');
  const strange = defaults.filter(isStrange).map(({ id }) => id);
  if (strange.length > 0) {
    await ec2.write.send(new CreateTagsCommand({ Resources: strange, Tags: awsTags(owner, 'default') }));
    await pollUntil(ec2, `the tags of ${strange.join(', ')}`, async () =>
      (await look())?.some(isStrange) === false ? true : undefined,
    );
  }
  const [routeTable, networkAcl] = defaults;
  return { routeTableId: routeTable.id, networkAclId: networkAcl.id };
}
