import { blocksOverlap, parseBlock, type Ipv4Block } from '../../../domain/addresses/blocks.js';

const CELL = 16;

/** Who has a /28, and until when it rests; null while it is held. */
interface Owner {
  holder: string;
  until: number | null;
}

/** The naive pool: every /28 of its ranges in a map, every question a walk over all of them. */
export class CellOracle {
  readonly owners = new Map<number, Owner>();
  readonly #ranges: readonly Ipv4Block[];

  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseBlock);
  }

  /** The lowest block of this length that the holder could have, of the first range that has one. */
  firstFit(prefixLength: number, holder: string, avoid: readonly Ipv4Block[]): Ipv4Block | null {
    const size = 2 ** (32 - prefixLength);
    for (const range of this.#ranges) {
      for (let first = range.first; first + size - 1 <= range.last; first += size) {
        const block = { first, last: first + size - 1, prefixLength };
        if (this.isFreeFor(holder, block, avoid)) return block;
      }
    }
    return null;
  }

  isFreeFor(holder: string, block: Ipv4Block, avoid: readonly Ipv4Block[]): boolean {
    for (const cell of cellsOf(block)) {
      const owner = this.owners.get(cell);
      if (owner !== undefined && owner.holder !== holder) return false;
    }
    return !avoid.some((other) => blocksOverlap(other, block));
  }

  hold(holder: string, block: Ipv4Block): void {
    for (const cell of cellsOf(block)) this.owners.set(cell, { holder, until: null });
  }

  /** What the holder holds rests until then, or is free at once. */
  letGo(holder: string, until: number | null): void {
    for (const [cell, owner] of this.owners) {
      if (owner.holder !== holder || owner.until !== null) continue;
      if (until === null) this.owners.delete(cell);
      else this.owners.set(cell, { holder, until });
    }
  }

  expire(now: number): void {
    for (const [cell, { until }] of this.owners) if (until !== null && until <= now) this.owners.delete(cell);
  }

  isHolding(holder: string): boolean {
    return [...this.owners.values()].some((owner) => owner.holder === holder && owner.until === null);
  }

  isAnyHeld(block: Ipv4Block): boolean {
    return [...cellsOf(block)].some((cell) => this.owners.get(cell)?.until === null);
  }

  addressesIn(range: Ipv4Block): { held: number; resting: number } {
    const owners = [...cellsOf(range)].flatMap((cell) => this.owners.get(cell) ?? []);
    const held = owners.filter(({ until }) => until === null).length;
    return { held: held * CELL, resting: (owners.length - held) * CELL };
  }

  /** The same owners in other ranges. */
  within(ranges: readonly string[]): CellOracle {
    const other = new CellOracle(ranges);
    for (const [cell, owner] of this.owners) other.owners.set(cell, owner);
    return other;
  }

  /** As `cellsOfReport`. */
  cells(): string[] {
    return [...this.owners].map(([cell, { holder, until }]) => `${cell} ${holder} ${until ?? 'held'}`).sort();
  }
}

function* cellsOf({ first, last }: Ipv4Block): Generator<number> {
  for (let cell = Math.floor(first / CELL); cell <= Math.floor(last / CELL); cell += 1) yield cell;
}

/** Every /28 of a report with its holder; an overlap shows as a /28 with two. */
export function cellsOfReport(report: {
  held: readonly { cidr: string; holder: string }[];
  resting: readonly { cidr: string; lastHolder: string; until: string }[];
}): string[] {
  const lines: string[] = [];
  for (const { cidr, holder } of report.held) {
    for (const cell of cellsOf(parseBlock(cidr))) lines.push(`${cell} ${holder} held`);
  }
  for (const { cidr, lastHolder, until } of report.resting) {
    for (const cell of cellsOf(parseBlock(cidr))) lines.push(`${cell} ${lastHolder} ${Date.parse(until)}`);
  }
  return lines.sort();
}
