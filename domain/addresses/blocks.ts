import { IPv4 } from 'ip-num';
import { quoted, shown } from '../quoting.js';

/** An IPv4 block: its first and last address as unsigned 32-bit numbers, and its prefix length (0–32). */
export interface Ipv4Block {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

/** A text that is not a canonical IPv4 block. The message quotes the text and says what would be right. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

export type ParsedBlock =
  { readonly ok: true; readonly block: Ipv4Block } | { readonly ok: false; readonly problem: string };

const LONGEST_CIDR = '255.255.255.255/32'.length;
/** Longer than any IPv6 range; the patterns below are not for texts of any length. */
const LONGEST_EXAMINED = 64;
/** Octets 0–255 and a prefix length 0–32, digits 0–9 only, without leading zeros. */
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const CANONICAL_SPELLING = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}/(?:3[0-2]|[12]?[0-9])$`);
const LOOKS_LIKE_IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*(%\w+)?(\/\d+)?$/i;
const BARE_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const DOTTED_BLOCK = /^\d+\.\d+\.\d+\.\d+\/\d+$/;
const LEADING_ZERO = /(^|[./])0\d/;
const MOST_PIECES = 65_536;

/** What is wrong with the spelling, or null. ip-num is more lenient: it takes "10.0.0.0/08". */
function spellingProblem(text: string): string | null {
  if (text.length <= LONGEST_CIDR && CANONICAL_SPELLING.test(text)) return null;
  if (text.length > LONGEST_EXAMINED) return `${quoted(text)} is not an IPv4 range such as 10.0.0.0/16`;
  if (LOOKS_LIKE_IPV6.test(text)) return `${shown(text)} is IPv6; only IPv4 ranges can be used`;
  if (/\s/.test(text)) return `${quoted(text)} contains white space`;
  if (BARE_ADDRESS.test(text)) return `${text} has no prefix length; for this one address write ${text}/32`;
  if (!DOTTED_BLOCK.test(text)) return `${quoted(text)} is not an IPv4 range such as 10.0.0.0/16`;
  if (LEADING_ZERO.test(text)) return `${text} has a number with a leading zero; write plain decimal numbers`;
  const [address = ''] = text.split('/');
  return address.split('.').some((octet) => Number(octet) > 255)
    ? `${text} has a number above 255 in its address`
    : `${text} has a prefix length above 32`;
}

/**
 * Reads canonical dotted decimal such as `10.0.0.0/16`: no leading zeros, no other digits than 0–9, no white
 * space, no host bits, no IPv6.
 */
export function tryParseBlock(text: string): ParsedBlock {
  const problem = spellingProblem(text);
  if (problem !== null) return { ok: false, problem };
  const [address = '', prefix = ''] = text.split('/');
  const prefixLength = Number(prefix);
  // Masked by arithmetic: ip-num's ranges take ten times as long, and a pool reads thousands of blocks at each choice.
  const given = Number(new IPv4(address).value);
  const block = blockAt(given - (given % blockSize(prefixLength)), prefixLength);
  return block.first === given
    ? { ok: true, block }
    : { ok: false, problem: `${text} has host bits; the block is ${formatBlock(block)}` };
}

/** As `tryParseBlock`. Throws `BlockError`. */
export function parseBlock(text: string): Ipv4Block {
  const parsed = tryParseBlock(text);
  if (!parsed.ok) throw new BlockError(parsed.problem);
  return parsed.block;
}

/** The dotted decimal form of an address given as an unsigned 32-bit number. ip-num takes 5 µs, too long for a whole pool. */
function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The canonical text of a block, such as `10.0.0.0/16`. */
export function formatBlock(block: Ipv4Block): string {
  return `${formatAddress(block.first)}/${String(block.prefixLength)}`;
}

/** The number of addresses in a block of this prefix length. Bit shifts would turn negative at /0 and /1. */
export function blockSize(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

/** The block of this prefix length that starts at `first`, which must be aligned to it. */
export function blockAt(first: number, prefixLength: number): Ipv4Block {
  return { first, last: first + blockSize(prefixLength) - 1, prefixLength };
}

/** Whether every address of `inner` is in `outer`; a block contains itself. */
export function blockContains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the two share an address. */
export function blocksOverlap(a: Ipv4Block, b: Ipv4Block): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The largest aligned block that starts at `first` and ends no later than `last`. */
function largestBlockAt(first: number, last: number): Ipv4Block {
  let prefixLength = 32;
  while (prefixLength > 0) {
    const wider = blockSize(prefixLength - 1);
    if (first % wider !== 0 || first + wider - 1 > last) break;
    prefixLength -= 1;
  }
  return blockAt(first, prefixLength);
}

/**
 * The fewest blocks that hold exactly the same addresses, in ascending order: nested and adjacent ones are
 * merged, nothing is widened.
 */
export function aggregateBlocks(blocks: readonly Ipv4Block[]): Ipv4Block[] {
  const runs: { first: number; last: number }[] = [];
  for (const { first, last } of [...blocks].sort((a, b) => a.first - b.first)) {
    const open = runs.at(-1);
    if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last);
    else runs.push({ first, last });
  }
  const merged: Ipv4Block[] = [];
  for (const run of runs) {
    for (let next = run.first; next <= run.last;) {
      const block = largestBlockAt(next, run.last);
      merged.push(block);
      next = block.last + 1;
    }
  }
  return merged;
}

/** What of `block` is outside `hole`, as few blocks, in ascending order. */
export function blocksWithout(block: Ipv4Block, hole: Ipv4Block): Ipv4Block[] {
  if (!blocksOverlap(block, hole)) return [block];
  if (blockContains(hole, block)) return [];
  return splitBlock(block, block.prefixLength + 1).flatMap((half) => blocksWithout(half, hole));
}

/**
 * The block cut into equal pieces of `prefixLength`, in ascending order. Throws `BlockError` where the pieces
 * would be larger than the block, smaller than one address, or more than 65,536.
 */
export function splitBlock(block: Ipv4Block, prefixLength: number): Ipv4Block[] {
  const pieces = 2 ** (prefixLength - block.prefixLength);
  if (!Number.isInteger(prefixLength) || prefixLength > 32 || pieces < 1 || pieces > MOST_PIECES) {
    throw new BlockError(`${formatBlock(block)} cannot be split into pieces of /${prefixLength}`);
  }
  return Array.from({ length: pieces }, (_, index) =>
    blockAt(block.first + index * blockSize(prefixLength), prefixLength),
  );
}

/** `blocksOverlap` on texts. Throws `BlockError`. */
export function cidrsOverlap(a: string, b: string): boolean {
  return blocksOverlap(parseBlock(a), parseBlock(b));
}

/** `blockContains` on texts. Throws `BlockError`. */
export function cidrContains(outer: string, inner: string): boolean {
  return blockContains(parseBlock(outer), parseBlock(inner));
}

/** `aggregateBlocks` on texts. Throws `BlockError`. */
export function aggregateCidrs(cidrs: readonly string[]): string[] {
  return aggregateBlocks(cidrs.map(parseBlock)).map(formatBlock);
}

/**
 * The subnets of a VPC: its two halves, one for each of two availability zones. A /28, the smallest subnet AWS
 * makes, stays whole and gives one. Throws `BlockError`, also for a block smaller than /28.
 */
export function subnetCidrsOf(vpcCidr: string): string[] {
  const block = parseBlock(vpcCidr);
  if (block.prefixLength > 28)
    throw new BlockError(`${vpcCidr} is smaller than /28, the smallest subnet of AWS`);
  if (block.prefixLength === 28) return [vpcCidr];
  return splitBlock(block, block.prefixLength + 1).map(formatBlock);
}
