import {
  blockAt,
  blocksOverlap,
  blockSize,
  formatBlock,
  parseBlock,
  tryParseBlock,
  type Ipv4Block,
} from './blocks.js';
import { ObstacleMap, type Obstacle } from './obstacles.js';
import {
  FORBIDDEN_PROVIDER_BLOCKS,
  isVpcPrefixLength,
  PRIVATE_CIDRS,
  providerBlockProblem,
  type NamedBlock,
} from './provider-space.js';
import { RejectionList, type Rejection } from './rejections.js';

export { providerBlockProblem, type NamedBlock } from './provider-space.js';

/** Where provider blocks come from: `addresses` of the configuration. */
export interface AddressPolicy {
  readonly preferred: string;
  readonly prefixLength: number;
  readonly ranges: readonly string[];
  readonly reserved: readonly string[];
}

/** The block chosen, or null; why; and what was tried before it, in order, runs of blocks in one entry. */
export interface BlockChoice {
  readonly cidr: string | null;
  readonly reasons: string[];
  readonly rejected: Rejection[];
}

export interface BlockQuestion {
  readonly policy: AddressPolicy;
  readonly avoid: readonly NamedBlock[];
  readonly taken: readonly NamedBlock[];
  readonly requested?: string | null;
}

/** As `taken`, in numbers: to read the texts of a whole pool would take longer than the choice. */
export type KnownObstacles = readonly Obstacle[];

/** The first free block of a range, or what stood in the way of each. */
function firstFit(
  range: Ipv4Block,
  prefixLength: number,
  obstacles: ObstacleMap,
): { free: Ipv4Block | null; runs: Run[] } {
  const size = blockSize(prefixLength);
  const runs: Run[] = [];
  let next = range.first;
  while (next <= range.last) {
    const candidate = blockAt(next, prefixLength);
    const obstacle = obstacles.overlapping(candidate);
    if (obstacle === null) return { free: candidate, runs };
    // Skips past the obstacle at once: counting every /28 of a /8 would take a million steps.
    next = Math.min(Math.ceil((obstacle.last + 1) / size) * size, range.last + 1);
    runs.push({ first: candidate, last: blockAt(next - size, prefixLength), obstacle });
  }
  return { free: null, runs };
}

/** Neighbouring candidates that one obstacle rules out. */
interface Run {
  readonly first: Ipv4Block;
  readonly last: Ipv4Block;
  readonly obstacle: Obstacle;
}

const RUNS_LISTED_OF_A_FULL_RANGE = 8;
const MOST_RUNNERS_UP = 3;

function rejectionOf({ first, last, obstacle }: Run): Rejection {
  const cidr = first.first === last.first ? formatBlock(first) : `${formatBlock(first)}–${formatBlock(last)}`;
  return { cidr, reason: obstacle.label };
}

/** A range without room: one entry where one thing covers it or where a list would be long. */
function rejectionsOfFullRange(cidr: string, prefixLength: number, runs: readonly Run[]): Rejection[] {
  const [only] = runs;
  if (only === undefined) return [];
  if (runs.length === 1) return [{ cidr, reason: only.obstacle.label }];
  if (runs.length <= RUNS_LISTED_OF_A_FULL_RANGE) return runs.map(rejectionOf);
  const more = runs.length - 3;
  const named = runs.slice(0, 3).map(({ obstacle }) => obstacle.label);
  return [{ cidr, reason: `no /${prefixLength} of it is free: ${named.join('; ')}; and ${more} more` }];
}

function obstaclesOf(question: BlockQuestion, known: KnownObstacles = []): ObstacleMap {
  const reserved = question.policy.reserved.map((cidr) => ({ cidr, why: 'reserved by the configuration' }));
  return new ObstacleMap(
    [...question.avoid, ...question.taken, ...reserved, ...FORBIDDEN_PROVIDER_BLOCKS],
    PRIVATE_CIDRS,
    known,
  );
}

function chooseRequested(requested: string, obstacles: ObstacleMap): BlockChoice {
  const parsed = tryParseBlock(requested);
  const obstacle = parsed.ok ? obstacles.overlapping(parsed.block) : null;
  const problem = providerBlockProblem(requested) ?? obstacle?.label ?? null;
  if (problem === null) {
    return {
      cidr: requested,
      reasons: [`${requested} was asked for and overlaps nothing known`],
      rejected: [],
    };
  }
  return {
    cidr: null,
    reasons: [`the block asked for cannot be used: ${problem}`],
    rejected: [{ cidr: requested, reason: problem }],
  };
}

function choosePreferred(preferred: string, obstacles: ObstacleMap, rejected: RejectionList): string | null {
  const parsed = tryParseBlock(preferred);
  const obstacle = parsed.ok ? obstacles.overlapping(parsed.block) : null;
  const problem = providerBlockProblem(preferred) ?? obstacle?.label ?? null;
  if (problem === null) return preferred;
  rejected.add({ cidr: preferred, reason: problem });
  return null;
}

function chooseFromRange(
  cidr: string,
  prefixLength: number,
  search: { obstacles: ObstacleMap; rejected: RejectionList },
): string | null {
  const parsed = tryParseBlock(cidr);
  if (!parsed.ok) {
    search.rejected.add({ cidr, reason: parsed.problem });
    return null;
  }
  if (parsed.block.prefixLength > prefixLength) {
    search.rejected.add({ cidr, reason: `is smaller than a /${prefixLength}` });
    return null;
  }
  const { free, runs } = firstFit(parsed.block, prefixLength, search.obstacles);
  const entries = free === null ? rejectionsOfFullRange(cidr, prefixLength, runs) : runs.map(rejectionOf);
  entries.forEach((entry) => search.rejected.add(entry));
  return free === null ? null : formatBlock(free);
}

/** The sentence for full ranges, or for a prefix length that no VPC can have. */
export function noneFreeText({ prefixLength, ranges }: AddressPolicy): string {
  return isVpcPrefixLength(prefixLength)
    ? `no /${prefixLength} is free in ${ranges.join(', ') || 'the configuration, which has no ranges'}`
    : `no other block can be tried: the configured prefix length ${prefixLength} is not 16 to 28`;
}

/**
 * The provider's block for one connection: the preferred one, else the first fit in the ranges, in order, in
 * steps of the prefix length; or exactly the one requested. It overlaps nothing given and is never outside
 * private space. The same question always has the same answer. Never throws: what cannot be read (a malformed
 * obstacle, an impossible prefix length) gives null with the reason, for it might have ruled out any answer.
 */
export function chooseBlock(question: BlockQuestion): BlockChoice {
  return chooseAmong(question, obstaclesOf(question));
}

/** As `chooseBlock`, and the blocks that would come next: none where one was requested, for no other would do. */
export function explainChoice(
  question: BlockQuestion,
  known: KnownObstacles,
): BlockChoice & { readonly runnersUp: string[] } {
  const obstacles = obstaclesOf(question, known);
  const choice = chooseAmong(question, obstacles);
  const isOpen = choice.cidr !== null && (question.requested ?? null) === null;
  return { ...choice, runnersUp: isOpen ? runnersUpTo(choice, question.policy, obstacles) : [] };
}

/** Two of the first range that has more, then one of each other. */
function runnersUpTo({ cidr }: BlockChoice, policy: AddressPolicy, obstacles: ObstacleMap): string[] {
  const chosen = parseBlock(cidr ?? '');
  const { prefixLength } = policy;
  const found: Ipv4Block[] = [];
  if (!isVpcPrefixLength(prefixLength)) return [];
  for (const range of policy.ranges) {
    const parsed = tryParseBlock(range);
    if (!parsed.ok || parsed.block.prefixLength > prefixLength) continue;
    const wanted = Math.min(found.length === 0 ? 2 : 1, MOST_RUNNERS_UP - found.length);
    let from = parsed.block.first;
    for (let count = 0; count < wanted;) {
      const { free } = firstFit({ ...parsed.block, first: from }, prefixLength, obstacles);
      if (free === null) break;
      from = free.last + 1;
      if ([chosen, ...found].some((block) => blocksOverlap(block, free))) continue;
      found.push(free);
      count += 1;
    }
  }
  return found.map(formatBlock);
}

function chooseAmong(question: BlockQuestion, obstacles: ObstacleMap): BlockChoice {
  const { policy } = question;
  if (obstacles.problems.length > 0) return { cidr: null, reasons: obstacles.problems, rejected: [] };
  const requested = question.requested ?? null;
  if (requested !== null) return chooseRequested(requested, obstacles);

  const rejected = new RejectionList();
  if (choosePreferred(policy.preferred, obstacles, rejected) !== null) {
    const reason = `${policy.preferred} is the preferred block and overlaps nothing known`;
    return { cidr: policy.preferred, reasons: [reason], rejected: [] };
  }
  const why = rejected.first?.reason ?? '';
  const reasons = [`${policy.preferred}, the preferred block, cannot be used: ${why}`];
  const { prefixLength } = policy;
  if (!isVpcPrefixLength(prefixLength)) {
    reasons.push(noneFreeText(policy));
    return { cidr: null, reasons, rejected: rejected.entries() };
  }
  for (const range of policy.ranges) {
    const cidr = chooseFromRange(range, prefixLength, { obstacles, rejected });
    if (cidr === null) continue;
    reasons.push(`${cidr} is the first free /${prefixLength} of ${range}`);
    return { cidr, reasons, rejected: rejected.entries() };
  }
  reasons.push(noneFreeText(policy));
  return { cidr: null, reasons, rejected: rejected.entries() };
}
