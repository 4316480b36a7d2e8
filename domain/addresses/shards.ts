import { blockContains, cidrsOverlap, tryParseBlock } from './blocks.js';
import type { AddressPolicy } from './choose-block.js';

/** `none`: a scope has one pool. `per-range`: it has a pool for each range, asked in turn. */
export type Sharding = 'none' | 'per-range';

/** A part of a scope's addresses that has a writer of its own. */
export interface Shard {
  /** Part of the writer's workflow id; null where the scope has one pool. It says the range, so that another range moves none. */
  readonly name: string | null;
  /** Of the whole policy, what concerns the shard. */
  readonly policy: AddressPolicy;
  /** Which of the policy's ranges it is, by index; null where it is all of them. */
  readonly range: number | null;
  /** Whether the policy's preferred block is in it. */
  readonly hasPreferred: boolean;
}

/** The shards in the order in which they are asked: the one with the preferred block, then the ranges as configured. */
export function shardsOf(policy: AddressPolicy, sharding: Sharding): Shard[] {
  if (sharding === 'none') return [{ name: null, policy, range: null, hasPreferred: true }];
  const shards = policy.ranges.map((cidr, range): Shard => {
    const hasPreferred = isWithin(policy.preferred, cidr);
    return {
      name: cidr.replace('/', '-'),
      // Where the preferred block is elsewhere, the range's own first block is the first to be tried.
      policy: {
        ...policy,
        ranges: [cidr],
        preferred: hasPreferred ? policy.preferred : `${cidr.split('/')[0] ?? ''}/${policy.prefixLength}`,
      },
      range,
      hasPreferred,
    };
  });
  return [
    ...shards.filter(({ hasPreferred }) => hasPreferred),
    ...shards.filter((shard) => !shard.hasPreferred),
  ];
}

/** The one shard that could give this block; undefined where it lies in no range. */
export function shardWith(cidr: string, shards: readonly Shard[]): Shard | undefined {
  return shards.find(
    ({ range, policy }) => range === null || policy.ranges.some((outer) => isWithin(cidr, outer)),
  );
}

/** Every shard that could give out part of this range, which is canonical. */
export function shardsOverlapping(cidr: string, shards: readonly Shard[]): Shard[] {
  return shards.filter(
    ({ range, policy }) => range === null || policy.ranges.some((other) => cidrsOverlap(cidr, other)),
  );
}

/**
 * Names of the shards that may hold a block of a connection, or a mark that they passed it on.
 *
 * @param recorded where its block is, as recorded; undefined where that is not known
 */
export function shardsToRelease(
  shards: readonly Shard[],
  recorded: string | null | undefined,
): (string | null)[] {
  const names = shards.map(({ name }) => name);
  if (recorded === undefined) return names;
  const index = names.indexOf(recorded);
  // Of another configuration: its range is not among the ranges any more.
  return index === -1 ? [recorded, ...names] : names.slice(0, index + 1);
}

/** What is wrong with a policy whose ranges are to be shards, one sentence each: no address may belong to two of them. */
export function shardingProblems({
  preferred,
  ranges,
}: Pick<AddressPolicy, 'preferred' | 'ranges'>): string[] {
  const problems = ranges.flatMap((range, index) =>
    ranges
      .slice(index + 1)
      .filter((other) => isWithin(range, other) || isWithin(other, range))
      .map((other) => `${range} and ${other} overlap, and each is to be a shard of its own`),
  );
  if (!ranges.some((range) => isWithin(preferred, range))) {
    problems.push(`${preferred}, the preferred block, has to lie in one of the ranges, which are the shards`);
  }
  return problems;
}

function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [tryParseBlock(inner), tryParseBlock(outer)];
  return a.ok && b.ok && blockContains(b.block, a.block);
}
