import { FIRST_RULE_NUMBER, RULE_NUMBER_STEP } from './plan-access.js';
import type { AccessPlan, NetworkAclEntry } from './plan-access.js';

/** How a network ACL gets from one set of entries to another while what both allow stays allowed. */
export interface AccessChangePlan {
  /** What is wanted; in place, entries that stay keep their rule numbers. */
  access: AccessPlan;
  /** Old and new entries fit side by side; otherwise a second network ACL is built and swapped in. */
  inPlace: boolean;
}

/**
 * Entries of both sets keep their rule numbers and new ones get free numbers, so that adding before deleting leaves no gap
 * in what both sets allow.
 *
 * @param mostEntries that a network ACL takes in each direction
 */
export function planAccessChange(
  current: AccessPlan,
  wanted: AccessPlan,
  mostEntries: number,
): AccessChangePlan {
  const directions = [true, false].map((egress) =>
    renumber(ofDirection(current, egress), ofDirection(wanted, egress)),
  );
  const inPlace = directions.every(({ together }) => together <= mostEntries);
  const networkAclEntries = directions.flatMap(({ entries }) => entries);
  return { inPlace, access: inPlace ? { ...wanted, networkAclEntries } : wanted };
}

function ofDirection({ networkAclEntries }: AccessPlan, egress: boolean): NetworkAclEntry[] {
  return networkAclEntries.filter((entry) => entry.egress === egress);
}

function renumber(
  current: readonly NetworkAclEntry[],
  wanted: readonly NetworkAclEntry[],
): { entries: NetworkAclEntry[]; together: number } {
  const kept = current.filter((entry) => wanted.some((other) => allowsTheSame(entry, other)));
  const added = wanted.filter((entry) => !current.some((other) => allowsTheSame(entry, other)));
  const taken = new Set(current.map(({ ruleNumber }) => ruleNumber));
  const numbered = added.map((entry) => ({ ...entry, ruleNumber: takeFreeNumber(taken) }));
  return {
    entries: [...kept, ...numbered].sort((a, b) => a.ruleNumber - b.ruleNumber),
    together: current.length + added.length,
  };
}

function takeFreeNumber(taken: Set<number>): number {
  let candidate = FIRST_RULE_NUMBER;
  while (taken.has(candidate)) candidate += RULE_NUMBER_STEP;
  taken.add(candidate);
  return candidate;
}

function allowsTheSame(a: NetworkAclEntry, b: NetworkAclEntry): boolean {
  return (
    a.protocol === b.protocol &&
    a.cidrBlock === b.cidrBlock &&
    a.portRange?.from === b.portRange?.from &&
    a.portRange?.to === b.portRange?.to &&
    a.icmp?.type === b.icmp?.type &&
    a.icmp?.code === b.icmp?.code
  );
}
