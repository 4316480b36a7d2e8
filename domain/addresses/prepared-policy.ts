import { AvoidedRanges } from './avoided-ranges.js';
import { tryParseBlock, type Ipv4Block, type ParsedBlock } from './blocks.js';
import type { AddressPolicy } from './choose-block.js';
import { providerBlockProblem } from './provider-space.js';

/** A policy read once for many orders. */
export interface PreparedPolicy {
  readonly policy: AddressPolicy;
  /** Null where no provider's VPC could have it. */
  readonly preferred: Ipv4Block | null;
  readonly ranges: readonly ParsedBlock[];
  readonly reserved: readonly Ipv4Block[];
  readonly reservedRanges: AvoidedRanges;
  /** What could not be read of `reserved`: nothing can be given then, for it might have ruled out any block. */
  readonly problems: readonly string[];
}

export function preparePolicy(policy: AddressPolicy): PreparedPolicy {
  const { blocks, problems } = readBlocks(policy.reserved, 'reserved by the configuration');
  return {
    policy,
    preferred: providerBlockOf(policy.preferred),
    ranges: policy.ranges.map(tryParseBlock),
    reserved: blocks,
    reservedRanges: AvoidedRanges.of(blocks),
    problems,
  };
}

/** A block that a provider's VPC could have, or null. */
export function providerBlockOf(cidr: string): Ipv4Block | null {
  const parsed = tryParseBlock(cidr);
  return parsed.ok && providerBlockProblem(cidr) === null ? parsed.block : null;
}

export function readBlocks(
  cidrs: readonly string[],
  why: string,
): { blocks: Ipv4Block[]; problems: string[] } {
  const blocks: Ipv4Block[] = [];
  const problems: string[] = [];
  for (const cidr of cidrs) {
    const parsed = tryParseBlock(cidr);
    if (parsed.ok) blocks.push(parsed.block);
    else problems.push(`cannot tell what is free: ${parsed.problem} (${why})`);
  }
  return { blocks, problems };
}
