import { isRangeOf, rangeList, type Sizes } from './ranges.js';

const MOST_AVOIDED = 100;
const SHOWN = 5;

/** Anywhere, as nothing is ever routed there: a cluster's services may be in 240.0.0.0/8. */
const SIZES: Sizes = {
  ...{ largest: 8, smallest: 32, most: MOST_AVOIDED, examined: MOST_AVOIDED },
  isAnywhere: true,
};

/** What the customer's network uses beside the VPC: Kubernetes services, on-premises, other peerings. */
export const avoidedCidrs = rangeList(SIZES);

/**
 * Those of a value of unknown shape, each once, and as many as a request may have: signals come from anyone, and are
 * never refused.
 */
export function avoidedCidrsIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const given: unknown[] = value.slice(0, MOST_AVOIDED);
  return [...new Set(given.filter((cidr) => isRangeOf(SIZES, cidr)))];
}

/** Both, the newer ones first, as many as a request may have. */
export function joinedCidrs(newer: readonly string[], older: readonly string[]): string[] {
  return [...new Set([...newer, ...older])].slice(0, MOST_AVOIDED);
}

/** As people write them, separated by commas, semicolons or white space; each problem as a sentence. */
export function writtenCidrs(
  text: string,
): { readonly ok: true; readonly cidrs: string[] } | { readonly ok: false; readonly problems: string[] } {
  const cidrs = [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ''))];
  const parsed = avoidedCidrs.safeParse(cidrs);
  return parsed.success
    ? { ok: true, cidrs: parsed.data }
    : { ok: false, problems: parsed.error.issues.map(({ message }) => message) };
}

/** `10.0.0.0/8, 172.16.0.0/12 and 3 more`; the first ones stand for all. */
export function cidrsText(cidrs: readonly string[]): string {
  const more = cidrs.length - SHOWN;
  return `${cidrs.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
