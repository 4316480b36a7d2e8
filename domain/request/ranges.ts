import { z } from 'zod';
import { MOST_ROUTES } from '../access/plan-access.js';
import { blocksOverlap, parseBlock, tryParseBlock } from '../addresses/blocks.js';
import { UNROUTABLE_BLOCKS } from '../addresses/provider-space.js';
import { kindOf } from './problems.js';

const unroutable = UNROUTABLE_BLOCKS.map(({ cidr, why }) => ({ block: parseBlock(cidr), cidr, why }));

/** Prefix lengths a list may have, from the largest block to the smallest, and how many ranges. */
export interface Sizes {
  readonly largest: number;
  readonly smallest: number;
  readonly most: number;
  /** A longer list is refused by its length alone. */
  readonly examined: number;
  /** Also where no host can be. */
  readonly isAnywhere?: true;
}

function rangeProblem(value: unknown, sizes: Sizes): string | null {
  if (typeof value !== 'string') return `must be text such as 10.0.0.0/16, not ${kindOf(value)}`;
  const parsed = tryParseBlock(value);
  if (!parsed.ok) return parsed.problem;
  const { block } = parsed;
  if (block.prefixLength === 0) return `${value} is the whole internet; state the ranges to reach`;
  if (block.prefixLength < sizes.largest || block.prefixLength > sizes.smallest) {
    return `${value} has the wrong size: /${sizes.largest} to /${sizes.smallest} is allowed`;
  }
  if (sizes.isAnywhere === true) return null;
  const taboo = unroutable.find((candidate) => blocksOverlap(candidate.block, block));
  return taboo === undefined ? null : `${value} is in ${taboo.cidr} (${taboo.why})`;
}

/** Whether the value is one range of these sizes. */
export function isRangeOf(sizes: Sizes, value: unknown): value is string {
  return rangeProblem(value, sizes) === null;
}

/** The length is looked at before any entry, so that a list of any length costs the same. */
function listProblem(value: unknown, { most, examined }: Sizes): string | null {
  if (value === undefined || value === null) return 'is required';
  if (!Array.isArray(value)) return `must be a list of ranges, not ${kindOf(value)}`;
  if (value.length === 0) return 'must not be empty';
  return value.length > examined ? `has ${value.length} ranges; at most ${most} are allowed` : null;
}

/** As far as JSON Schema can say it: nothing of host bits, and nothing of where no host can be. */
function writtenRange({ largest, smallest }: Sizes): { type: 'string'; pattern: string } {
  const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
  const lengths = Array.from({ length: smallest - largest + 1 }, (_, index) => largest + index);
  return { type: 'string', pattern: `^(?:${octet}\\.){3}${octet}/(?:${lengths.join('|')})$` };
}

/**
 * A list of canonical IPv4 ranges, one at least, of the given sizes, without exact duplicates (one inside another is
 * fine), none where no host can be unless that is allowed. Every wrong entry is an issue with its index as path.
 */
export function rangeList(sizes: Sizes): z.ZodType<string[]> {
  return z
    .custom<readonly unknown[]>((value) => listProblem(value, sizes) === null, {
      error: ({ input }) => listProblem(input, sizes) ?? '',
    })
    .transform((list, context) => {
      const seen = new Map<string, number>();
      for (const [index, value] of list.entries()) {
        const earlier = typeof value === 'string' ? seen.get(value) : undefined;
        const problem =
          earlier === undefined ? rangeProblem(value, sizes) : `is the same as the range at [${earlier}]`;
        if (problem !== null) {
          context.issues.push({ code: 'custom', message: problem, path: [index], input: undefined });
        }
        if (typeof value === 'string' && earlier === undefined) seen.set(value, index);
      }
      return list.filter((value) => typeof value === 'string');
    })
    .meta({
      description: `Canonical IPv4 ranges, /${sizes.largest} to /${sizes.smallest}, each once`,
      type: 'array',
      items: writtenRange(sizes),
      minItems: 1,
      maxItems: sizes.most,
      examples: [['172.31.0.0/20']],
    });
}

/** More than are allowed, so that the refusal for too many routes can say what they come to when joined. */
const MOST_EXAMINED = 2 * MOST_ROUTES;

/** What the connectors should reach. */
export const statedRanges = rangeList({
  largest: 16,
  smallest: 32,
  most: MOST_ROUTES,
  examined: MOST_EXAMINED,
});
