import { blockAt, blockContains, blockSize, type Ipv4Block } from '../addresses/blocks.js';

/** Blocks that hold all of some others, and how many addresses they hold besides. */
export interface Cover {
  readonly blocks: readonly Ipv4Block[];
  readonly added: number;
}

/** At each index the best cover of at most so many blocks and one; null where there is none. */
type BestCovers = readonly (Cover | null)[];

/** What the blocks of a cover may be. */
export interface CoverRules {
  /** The most blocks, 1 or more. */
  readonly most: number;
  /** Whether a block may be in the cover that holds addresses besides those to cover. */
  mayOpen(block: Ipv4Block): boolean;
}

/** The smallest block that holds both. */
function smallestAround(a: Ipv4Block, b: Ipv4Block): Ipv4Block {
  let prefixLength = Math.min(a.prefixLength, b.prefixLength);
  for (;;) {
    const around = blockAt(a.first - (a.first % blockSize(prefixLength)), prefixLength);
    if (blockContains(around, b)) return around;
    prefixLength -= 1;
  }
}

function better(a: Cover | null, b: Cover | null): Cover | null {
  if (a === null || b === null) return a ?? b;
  return b.added < a.added ? b : a;
}

/** Every way to share so many blocks between the two halves of a space. */
function joined(left: BestCovers, right: BestCovers, count: number): Cover | null {
  let best: Cover | null = null;
  for (let first = 1; first < count; first += 1) {
    const [a, b] = [left[first - 1] ?? null, right[count - first - 1] ?? null];
    if (a === null || b === null) continue;
    best = better(best, { blocks: [...a.blocks, ...b.blocks], added: a.added + b.added });
  }
  return best;
}

/**
 * Blocks are nested or apart, so that the best cover is either one block around all, or the best of one half of that block
 * beside the best of the other.
 */
function bestCovers(blocks: readonly Ipv4Block[], rules: CoverRules): BestCovers {
  const counts = Array.from({ length: rules.most }, (_, index) => index + 1);
  const [first] = blocks;
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) return counts.map(() => ({ blocks: [], added: 0 }));
  if (first === last) return counts.map(() => ({ blocks, added: 0 }));
  const around = smallestAround(first, last);
  const middle = around.first + blockSize(around.prefixLength + 1);
  const left = bestCovers(
    blocks.filter((block) => block.first < middle),
    rules,
  );
  const right = bestCovers(
    blocks.filter((block) => block.first >= middle),
    rules,
  );
  const held = blocks.reduce((sum, { prefixLength }) => sum + blockSize(prefixLength), 0);
  const whole = rules.mayOpen(around)
    ? { blocks: [around], added: blockSize(around.prefixLength) - held }
    : null;
  return counts.map((count) => better(joined(left, right, count), whole));
}

/**
 * At most `most` blocks that hold all of the given ones, in ascending order, with the fewest addresses besides; null where
 * none may be. `blocks` are apart from each other and ascending.
 */
export function coverWithFewer(blocks: readonly Ipv4Block[], rules: CoverRules): Cover | null {
  return bestCovers(blocks, rules)[rules.most - 1] ?? null;
}
