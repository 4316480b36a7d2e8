import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  ReplaceNetworkAclEntryCommand,
  type NetworkAcl,
  type NetworkAclEntry as AwsNetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { NetworkAclEntry } from '../domain/access/plan-access.js';
import { ignoreAlreadyThere, isAwsCode } from './aws/call-error.js';
import type { Ec2 } from './aws/ec2-clients.js';

/** AWS's `*` entry, which denies the rest and cannot be removed; from this number on all are AWS's. */
const CLOSING_DENY = 32767;

/** What has to happen to the entries of a network ACL until they are as wanted. */
export interface EntryDifference {
  /** Wanted, and their number is free. */
  missing: NetworkAclEntry[];
  /** Wanted, and their number is taken by another entry. */
  changed: { wanted: NetworkAclEntry; present: AwsNetworkAclEntry }[];
  /** Not wanted, under a number of their own. */
  extra: AwsNetworkAclEntry[];
}

/** All entries but AWS's closing denies. */
export function entriesOf(acl: NetworkAcl): AwsNetworkAclEntry[] {
  return (acl.Entries ?? []).filter((entry) => (entry.RuleNumber ?? CLOSING_DENY) < CLOSING_DENY);
}

export function compareEntries(
  present: readonly AwsNetworkAclEntry[],
  wanted: readonly NetworkAclEntry[],
): EntryDifference {
  const difference: EntryDifference = {
    missing: [],
    changed: [],
    extra: present.filter((entry) => !wanted.some((one) => isAt(entry, one))),
  };
  for (const entry of wanted) {
    const there = present.find((candidate) => isAt(candidate, entry));
    if (there === undefined) difference.missing.push(entry);
    else if (entryText(there) !== entryText(awsEntryOf(entry)))
      difference.changed.push({ wanted: entry, present: there });
  }
  return difference;
}

export function isSame({ missing, changed, extra }: EntryDifference): boolean {
  return missing.length + changed.length + extra.length === 0;
}

/**
 * The agreed traffic is let through by what is added before anything that let it through is replaced or taken away. Where
 * entries made by hand leave no room for that, those go first that let none of the agreed traffic through.
 */
export async function applyDifference(
  ec2: Ec2,
  networkAclId: string,
  { missing, changed, extra }: EntryDifference,
): Promise<void> {
  const parameters = (entry: NetworkAclEntry) => ({ NetworkAclId: networkAclId, ...awsEntryOf(entry) });
  const remove = async (entries: readonly AwsNetworkAclEntry[]): Promise<void> => {
    for (const entry of entries) await deleteEntry(ec2, networkAclId, entry);
  };
  const add = async (): Promise<void> => {
    for (const entry of missing) {
      await ec2.write.send(new CreateNetworkAclEntryCommand(parameters(entry))).catch(ignoreAlreadyThere);
    }
  };
  const needed = missing.map((entry) => trafficText(awsEntryOf(entry)));
  const inTheWay = extra.filter((entry) => !needed.includes(trafficText(entry)));
  const roomWasMade = await add().then(
    () => false,
    async (error: unknown) => {
      if (!isAwsCode(error, 'NetworkAclEntryLimitExceeded') || inTheWay.length === 0) throw error;
      await remove(inTheWay);
      await add();
      return true;
    },
  );
  for (const { wanted } of changed) {
    await ec2.write.send(new ReplaceNetworkAclEntryCommand(parameters(wanted)));
  }
  await remove(roomWasMade ? extra.filter((entry) => !inTheWay.includes(entry)) : extra);
}

export async function deleteEntry(ec2: Ec2, networkAclId: string, entry: AwsNetworkAclEntry): Promise<void> {
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

function isAt(entry: AwsNetworkAclEntry, { ruleNumber, egress }: NetworkAclEntry): boolean {
  return entry.RuleNumber === ruleNumber && entry.Egress === egress;
}

type EntryParameters = AwsNetworkAclEntry & { RuleNumber: number; Egress: boolean } & Required<
    Pick<AwsNetworkAclEntry, 'Protocol' | 'RuleAction'>
  >;

export function awsEntryOf(entry: NetworkAclEntry): EntryParameters {
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

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '-1': 'all',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
};

/** An entry in words, equal for equal entries: `egress entry 100: allow tcp 443-443 to 172.31.0.0/20`. */
export function entryText(entry: AwsNetworkAclEntry): string {
  const direction = entry.Egress === true ? 'egress' : 'ingress';
  return `${direction} entry ${String(entry.RuleNumber)}: ${trafficText(entry)}`;
}

/** AWS leaves out a port range that covers all ports, and answers with and without empty members. */
function trafficText(entry: AwsNetworkAclEntry): string {
  const { Protocol = '?', PortRange, IcmpTypeCode, Egress, RuleAction = '?' } = entry;
  const ports =
    Protocol === '1'
      ? `${String(IcmpTypeCode?.Type ?? -1)}/${String(IcmpTypeCode?.Code ?? -1)}`
      : `${String(PortRange?.From ?? 0)}-${String(PortRange?.To ?? 65_535)}`;
  const range = `${Egress === true ? 'to' : 'from'} ${entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '?'}`;
  return `${RuleAction} ${PROTOCOL_NAMES[Protocol] ?? Protocol} ${ports} ${range}`;
}
