import { blockContains, blocksOverlap, parseBlock, tryParseBlock } from './blocks.js';

/** A block of addresses and why it matters here, as an operator would read it. */
export interface NamedBlock {
  readonly cidr: string;
  readonly why: string;
}

/** AWS makes VPCs and subnets of /16 to /28 (facts: "VPC blocks"). */
export const LARGEST_VPC_PREFIX = 16;
export const SMALLEST_VPC_PREFIX = 28;

export function isVpcPrefixLength(prefixLength: number): boolean {
  return (
    Number.isInteger(prefixLength) &&
    prefixLength >= LARGEST_VPC_PREFIX &&
    prefixLength <= SMALLEST_VPC_PREFIX
  );
}

/** Where a provider's VPC may be: RFC 1918 and the shared space of RFC 6598. */
export const PRIVATE_CIDRS: readonly string[] = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

/** Ranges no host of a VPC can have, the customer's neither. */
export const UNROUTABLE_BLOCKS: readonly NamedBlock[] = [
  { cidr: '0.0.0.0/8', why: '"this network", RFC 791' },
  { cidr: '127.0.0.0/8', why: 'loopback, RFC 1122' },
  { cidr: '169.254.0.0/16', why: 'link-local, RFC 3927; AWS serves instance metadata and DNS there' },
  { cidr: '224.0.0.0/3', why: 'multicast and reserved, RFC 5771 and RFC 1112' },
];

/** Ranges a provider's VPC never gets, though a customer may have some of them. */
export const FORBIDDEN_PROVIDER_BLOCKS: readonly NamedBlock[] = [
  ...UNROUTABLE_BLOCKS,
  { cidr: '172.17.0.0/16', why: 'used inside some AWS services, such as Cloud9 and SageMaker' },
  { cidr: '198.18.0.0/15', why: 'for benchmarks, RFC 2544' },
];

const privateBlocks = PRIVATE_CIDRS.map(parseBlock);
const forbiddenBlocks = FORBIDDEN_PROVIDER_BLOCKS.map(({ cidr, why }) => ({
  block: parseBlock(cidr),
  cidr,
  why,
}));

/**
 * Why a provider's VPC cannot have this block, or null: not canonical, not /16 to /28, not private, or used
 * inside AWS. Whether it overlaps anything is not asked here.
 */
export function providerBlockProblem(cidr: string): string | null {
  const parsed = tryParseBlock(cidr);
  if (!parsed.ok) return parsed.problem;
  const { block } = parsed;
  if (!isVpcPrefixLength(block.prefixLength)) {
    return `${cidr} has the wrong size: a VPC has /${LARGEST_VPC_PREFIX} to /${SMALLEST_VPC_PREFIX}`;
  }
  const forbidden = forbiddenBlocks.find((candidate) => blocksOverlap(candidate.block, block));
  if (forbidden !== undefined) return `${cidr} is in ${forbidden.cidr} (${forbidden.why})`;
  if (!privateBlocks.some((space) => blockContains(space, block))) {
    return `${cidr} is not private: it must be in ${PRIVATE_CIDRS.join(', ')}`;
  }
  return null;
}
