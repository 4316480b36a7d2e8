import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclEntryCommand,
  type NetworkAclEntry as AwsNetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { NetworkAclEntry } from '../domain/access/plan-access.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollUntil } from './aws/poll.js';
import { failure } from './failure.js';

export interface EnsureNetworkAclInput {
  region: string;
  networkAclId: string;
  /** All entries wanted; whatever else is there goes, but for AWS's own closing deny. */
  entries: NetworkAclEntry[];
}

export interface NetworkAclActivities {
  ensureNetworkAclEntries(input: EnsureNetworkAclInput): Promise<void>;
}

/** AWS's `*` entry, which denies the rest and cannot be removed; from this number on all are AWS's. */
const CLOSING_DENY = 32767;

export function createNetworkAclActivities(clients: Ec2Clients): NetworkAclActivities {
  return {
    async ensureNetworkAclEntries(input) {
      const ec2 = clients('provision', input.region);
      const present = await readEntries(ec2, input.networkAclId);
      for (const entry of input.entries) await ensureEntry(ec2, { input, entry, present });
      for (const extra of present.filter((candidate) => !hasNumber(input.entries, candidate))) {
        await deleteEntry(ec2, input.networkAclId, extra);
      }
      await pollUntil(ec2, `the entries of ${input.networkAclId}`, async () => {
        const now = await readEntries(ec2, input.networkAclId);
        const exact =
          now.length === input.entries.length && input.entries.every((entry) => holds(now, entry));
        return exact ? true : undefined;
      });
    },
  };
}

interface EntryStep {
  input: EnsureNetworkAclInput;
  entry: NetworkAclEntry;
  present: readonly AwsNetworkAclEntry[];
}

async function ensureEntry(ec2: Ec2, { input, entry, present }: EntryStep): Promise<void> {
  if (holds(present, entry)) return;
  const parameters = { NetworkAclId: input.networkAclId, ...awsEntryOf(entry) };
  if (hasNumber(present, awsEntryOf(entry))) {
    await ec2.write.send(new ReplaceNetworkAclEntryCommand(parameters));
    return;
  }
  await ec2.write.send(new CreateNetworkAclEntryCommand(parameters)).catch(ignoreAlreadyThere);
}

async function deleteEntry(ec2: Ec2, networkAclId: string, entry: AwsNetworkAclEntry): Promise<void> {
  await ec2.write
    .send(
      new DeleteNetworkAclEntryCommand({
        NetworkAclId: networkAclId,
        RuleNumber: entry.RuleNumber,
        Egress: entry.Egress,
      }),
    )
    .catch((error: unknown) => {
      if (!isAwsCode(error, 'InvalidNetworkAclEntry.NotFound')) throw error;
    });
}

async function readEntries(ec2: Ec2, networkAclId: string): Promise<AwsNetworkAclEntry[]> {
  const { NetworkAcls } = await ec2.read.send(
    new DescribeNetworkAclsCommand({ NetworkAclIds: [networkAclId] }),
  );
  const acl = NetworkAcls?.find((candidate) => candidate.NetworkAclId === networkAclId);
  if (acl === undefined) throw failure('NotYetConsistent', `AWS does not show network ACL ${networkAclId}`);
  return (acl.Entries ?? []).filter((entry) => (entry.RuleNumber ?? CLOSING_DENY) < CLOSING_DENY);
}

function hasNumber(
  entries: readonly (AwsNetworkAclEntry | NetworkAclEntry)[],
  wanted: AwsNetworkAclEntry,
): boolean {
  return entries.some((entry) =>
    'ruleNumber' in entry
      ? entry.ruleNumber === wanted.RuleNumber && entry.egress === wanted.Egress
      : entry.RuleNumber === wanted.RuleNumber && entry.Egress === wanted.Egress,
  );
}

function holds(present: readonly AwsNetworkAclEntry[], wanted: NetworkAclEntry): boolean {
  const key = entryKey(awsEntryOf(wanted));
  return present.some((entry) => entryKey(entry) === key);
}

function awsEntryOf(
  entry: NetworkAclEntry,
): AwsNetworkAclEntry & { RuleNumber: number; Egress: boolean } & Required<
    Pick<AwsNetworkAclEntry, 'Protocol' | 'RuleAction'>
  > {
  return {
    RuleNumber: entry.ruleNumber,
    Egress: entry.egress,
    Protocol: entry.protocol,
    RuleAction: 'allow',
    CidrBlock: entry.cidrBlock,
    ...(entry.portRange === null
      ? {}
      : { PortRange: { From: entry.portRange.from, To: entry.portRange.to } }),
    ...(entry.icmp === null ? {} : { IcmpTypeCode: { Type: entry.icmp.type, Code: entry.icmp.code } }),
  };
}

/** AWS leaves out a port range that covers all ports, and answers with and without empty members. */
function entryKey(entry: AwsNetworkAclEntry): string {
  const from = entry.PortRange?.From ?? 0;
  const to = entry.PortRange?.To ?? 65535;
  const isIcmp = entry.Protocol === '1';
  const icmp = isIcmp
    ? `${String(entry.IcmpTypeCode?.Type ?? -1)}/${String(entry.IcmpTypeCode?.Code ?? -1)}`
    : '';
  return [
    entry.Egress === true ? 'egress' : 'ingress',
    entry.RuleNumber,
    entry.RuleAction,
    entry.Protocol,
    entry.CidrBlock,
    isIcmp ? icmp : `${from.toString()}-${to.toString()}`,
  ].join(' ');
}
