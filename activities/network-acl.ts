import { createHash } from 'node:crypto';
import {
  CreateNetworkAclCommand,
  DeleteNetworkAclCommand,
  DescribeNetworkAclsCommand,
  paginateDescribeNetworkAcls,
  ReplaceNetworkAclAssociationCommand,
  type Filter,
  type NetworkAcl,
} from '@aws-sdk/client-ec2';
import { activityInfo } from '@temporalio/activity';
import type { Ownership } from '../contract/tags.js';
import type { NetworkAclEntry } from '../domain/access/plan-access.js';
import { isAwsCode } from './aws/call-error.js';
import { LARGEST_PAGE, type Ec2, type Ec2Clients } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';
import { lookBeforeCreate, pollFor, pollUntil } from './aws/poll.js';
import { inVpc, isOwnedBy, tagSpecification } from './aws/tagging.js';
import { failure } from './failure.js';
import { applyDifference, compareEntries, deleteEntry, entriesOf, isSame } from './network-acl-entry.js';

export interface EnsureNetworkAclInput {
  region: string;
  owner: Ownership;
  vpcId: string;
  networkAclId: string;
  /** All entries wanted; whatever else is there goes, but for AWS's own closing deny. */
  entries: NetworkAclEntry[];
}

export interface SpareNetworkAclInput {
  region: string;
  owner: Ownership;
  vpcId: string;
  /** Id of the network ACL that the subnets use. */
  inUse: string;
}

export interface AssociateNetworkAclInput {
  region: string;
  vpcId: string;
  networkAclId: string;
  subnetIds: string[];
}

export interface NetworkAclActivities {
  /**
   * Exactly these entries; what is added comes before what is taken away.
   * @returns the network ACL that has them: another one where the former is gone
   */
  ensureNetworkAclEntries(input: EnsureNetworkAclInput): Promise<{ networkAclId: string }>;
  /** A network ACL of the VPC that is not in use: the default one where that is free, else one of the run's own. */
  ensureSpareNetworkAcl(input: SpareNetworkAclInput): Promise<{ networkAclId: string }>;
  /** Puts the subnets under that network ACL, each in one step: at no moment has one none. */
  associateNetworkAcl(input: AssociateNetworkAclInput): Promise<void>;
  /**
   * Deletes the run's network ACLs that are not in use, and empties the VPC's default one where that is not. Whatever else is
   * in the VPC stays.
   * @throws ApplicationFailure `NotYetConsistent` while AWS shows a subnet under one of them
   */
  retireNetworkAcl(input: SpareNetworkAclInput): Promise<void>;
}

export function createNetworkAclActivities(clients: Ec2Clients): NetworkAclActivities {
  return {
    async ensureNetworkAclEntries({ region, owner, vpcId, networkAclId: id, entries }) {
      const ec2 = clients('provision', region);
      const known = await pollFor(ec2, ec2.timing.settleMs, () => findNetworkAcl(ec2, vpcId, id));
      const networkAclId =
        known?.NetworkAclId ?? (await ensureSpare(ec2, { region, owner, vpcId, inUse: id }));
      const look = async () => compareEntries(entriesOf(await readNetworkAcl(ec2, networkAclId)), entries);
      const first = known === undefined ? await look() : compareEntries(entriesOf(known), entries);
      await applyDifference(ec2, networkAclId, first);
      return pollUntil(ec2, `the entries of ${networkAclId}`, async () =>
        isSame(await look()) ? { networkAclId } : undefined,
      );
    },

    async ensureSpareNetworkAcl(input) {
      return { networkAclId: await ensureSpare(clients('provision', input.region), input) };
    },

    async associateNetworkAcl(input) {
      const ec2 = clients('provision', input.region);
      const { vpcId, networkAclId, subnetIds } = input;
      await pollUntil(ec2, `subnets ${subnetIds.join(', ')} under ${networkAclId}`, async () => {
        const acls = await findNetworkAcls(ec2, inVpc(vpcId));
        if (!acls.some((acl) => acl.NetworkAclId === networkAclId)) return undefined;
        const elsewhere = subnetIds.filter((subnetId) => networkAclOf(acls, subnetId) !== networkAclId);
        for (const subnetId of elsewhere) await moveSubnet(ec2, { acls, subnetId, networkAclId });
        return elsewhere.length === 0 ? true : undefined;
      });
    },

    async retireNetworkAcl(input) {
      const ec2 = clients('provision', input.region);
      for (const acl of await findSpares(ec2, input)) await retire(ec2, acl);
    },
  };
}

/** Every network ACL that a filter gives, in pages. */
export async function findNetworkAcls(ec2: Ec2, filters: Filter[]): Promise<NetworkAcl[]> {
  const pages = paginateDescribeNetworkAcls(
    { client: ec2.read, pageSize: LARGEST_PAGE },
    { Filters: filters },
  );
  return allOf(pages, (page) => page.NetworkAcls);
}

/** Ids of the subnets under that network ACL. */
export function subnetsOf({ Associations = [] }: NetworkAcl): string[] {
  return Associations.flatMap(({ SubnetId }) => (SubnetId === undefined ? [] : [SubnetId]));
}

/** Id of the network ACL that the subnet is under, if it is any of these. */
export function networkAclOf(acls: readonly NetworkAcl[], subnetId: string): string | undefined {
  return acls.find((acl) => subnetsOf(acl).includes(subnetId))?.NetworkAclId;
}

async function readNetworkAcl(ec2: Ec2, networkAclId: string): Promise<NetworkAcl> {
  const { NetworkAcls } = await ec2.read.send(
    new DescribeNetworkAclsCommand({ NetworkAclIds: [networkAclId] }),
  );
  const acl = NetworkAcls?.find((candidate) => candidate.NetworkAclId === networkAclId);
  if (acl === undefined) throw failure('NotYetConsistent', `AWS does not show network ACL ${networkAclId}`);
  return acl;
}

async function findNetworkAcl(ec2: Ec2, vpcId: string, id: string): Promise<NetworkAcl | undefined> {
  return (await findNetworkAcls(ec2, inVpc(vpcId))).find(({ NetworkAclId }) => NetworkAclId === id);
}

async function ensureSpare(ec2: Ec2, input: SpareNetworkAclInput): Promise<string> {
  const existing = await lookBeforeCreate(ec2, false, async () => (await findSpares(ec2, input))[0]);
  return existing?.NetworkAclId ?? (await createSpare(ec2, input));
}

/** The default one first, where it is free; then those of the run. */
async function findSpares(ec2: Ec2, { owner, vpcId, inUse }: SpareNetworkAclInput): Promise<NetworkAcl[]> {
  const free = (await findNetworkAcls(ec2, inVpc(vpcId))).filter((acl) => acl.NetworkAclId !== inUse);
  const own = free.filter(({ IsDefault, Tags }) => IsDefault !== true && isOwnedBy(owner, Tags));
  return [
    ...free.filter(({ IsDefault }) => IsDefault === true),
    ...own.sort((a, b) => idOf(a).localeCompare(idOf(b))),
  ];
}

async function retire(ec2: Ec2, acl: NetworkAcl): Promise<void> {
  const networkAclId = idOf(acl);
  const subnets = subnetsOf(acl);
  if (subnets.length > 0) {
    throw failure('NotYetConsistent', `${networkAclId} is still used by ${subnets.join(', ')}`);
  }
  const find = async (): Promise<NetworkAcl | undefined> =>
    (await findNetworkAcls(ec2, inVpc(acl.VpcId ?? ''))).find(
      (candidate) => idOf(candidate) === networkAclId,
    );
  if (acl.IsDefault === true) {
    for (const entry of entriesOf(acl)) await deleteEntry(ec2, networkAclId, entry);
    await pollUntil(ec2, `no entries in ${networkAclId}`, async () =>
      entriesOf((await find()) ?? {}).length === 0 ? true : undefined,
    );
    return;
  }
  await ec2.write.send(new DeleteNetworkAclCommand({ NetworkAclId: networkAclId })).catch(ignoreGone);
  await pollUntil(ec2, `the end of ${networkAclId}`, async () =>
    (await find()) === undefined ? true : undefined,
  );
}

function idOf({ NetworkAclId: id = '' }: NetworkAcl): string {
  return id;
}

async function createSpare(ec2: Ec2, input: SpareNetworkAclInput): Promise<string> {
  const { NetworkAcl: acl } = await ec2.write.send(
    new CreateNetworkAclCommand({
      VpcId: input.vpcId,
      ClientToken: clientToken(input),
      TagSpecifications: tagSpecification('network-acl', input.owner, 'network-acl'),
    }),
  );
  const id = acl?.NetworkAclId;
  if (id === undefined) throw failure('AwsUnavailable', 'CreateNetworkAcl answered without an id');
  await pollUntil(ec2, `network ACL ${id}`, async () =>
    (await findNetworkAcls(ec2, inVpc(input.vpcId))).some(({ NetworkAclId }) => NetworkAclId === id)
      ? true
      : undefined,
  );
  return id;
}

/** The same for every attempt of one activity, and another for the next change: AWS might remember a deleted one's. */
function clientToken({ owner, inUse }: SpareNetworkAclInput): string {
  const { activityId, workflowExecution } = activityInfo();
  const text = [owner.run, inUse, workflowExecution?.runId ?? '', activityId].join('\n');
  return createHash('sha256').update(text).digest('hex');
}

/** The id of an association is new after each swap: an outdated one is refused, and the next look has the new one. */
async function moveSubnet(
  ec2: Ec2,
  { acls, subnetId, networkAclId }: { acls: readonly NetworkAcl[]; subnetId: string; networkAclId: string },
): Promise<void> {
  const association = acls
    .flatMap(({ Associations = [] }) => Associations)
    .find((candidate) => candidate.SubnetId === subnetId);
  if (association?.NetworkAclAssociationId === undefined) return;
  const { NetworkAclAssociationId: AssociationId } = association;
  await ec2.write
    .send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: networkAclId }))
    .catch((error: unknown) => {
      if (!isAwsCode(error, 'InvalidAssociationID.NotFound')) throw error;
    });
}

function ignoreGone(error: unknown): void {
  if (!isAwsCode(error, 'InvalidNetworkAclID.NotFound')) throw error;
}
