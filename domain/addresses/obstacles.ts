import { parseBlock, tryParseBlock, type Ipv4Block } from './blocks.js';
import type { NamedBlock } from './provider-space.js';

const LAST_ADDRESS = 2 ** 32 - 1;

/** Addresses that cannot be used, and the reason as it is shown. */
export interface Obstacle {
  readonly first: number;
  readonly last: number;
  readonly label: string;
}

/** Everything outside the given spaces. */
function outside(spaces: readonly string[]): Obstacle[] {
  const label = `is outside the private ranges ${spaces.join(', ')}`;
  const gaps: Obstacle[] = [];
  let next = 0;
  for (const space of spaces.map(parseBlock).sort((a, b) => a.first - b.first)) {
    if (space.first > next) gaps.push({ first: next, last: space.first - 1, label });
    next = space.last + 1;
  }
  if (next <= LAST_ADDRESS) gaps.push({ first: next, last: LAST_ADDRESS, label });
  return gaps;
}

/** Answers which obstacle overlaps a block in logarithmic time, however many there are. */
export class ObstacleMap {
  /** What could not be read, one sentence each; the answers mean nothing while there is any. */
  readonly problems: string[] = [];

  /** By first address; each with the obstacle that reaches farthest among it and those before it. */
  readonly #sorted: { readonly first: number; readonly farthest: Obstacle }[] = [];

  /** @param known obstacles whose addresses need not be read any more */
  constructor(blocks: readonly NamedBlock[], spaces: readonly string[], known: readonly Obstacle[] = []) {
    const obstacles = [...outside(spaces), ...known];
    for (const { cidr, why } of blocks) {
      const parsed = tryParseBlock(cidr);
      if (parsed.ok) {
        const { first, last } = parsed.block;
        obstacles.push({ first, last, label: `overlaps ${cidr} (${why})` });
      } else {
        this.problems.push(`cannot tell what is free: ${parsed.problem} (${why})`);
      }
    }
    obstacles.sort((a, b) => a.first - b.first);
    let farthest: Obstacle | undefined;
    for (const obstacle of obstacles) {
      if (farthest === undefined || obstacle.last > farthest.last) farthest = obstacle;
      this.#sorted.push({ first: obstacle.first, farthest });
    }
  }

  /** Of the obstacles that overlap the block, the one that reaches farthest; the first given on a tie. */
  overlapping(block: Ipv4Block): Obstacle | null {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#sorted[middle]?.first ?? Infinity) <= block.last) low = middle + 1;
      else high = middle;
    }
    const farthest = this.#sorted[low - 1]?.farthest;
    return farthest !== undefined && farthest.last >= block.first ? farthest : null;
  }
}
