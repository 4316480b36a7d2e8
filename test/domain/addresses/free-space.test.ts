import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AvoidedRanges } from '../../../domain/addresses/avoided-ranges.js';
import {
  blockAt,
  blocksOverlap,
  blockSize,
  parseBlock,
  type Ipv4Block,
} from '../../../domain/addresses/blocks.js';
import { FreeSpace } from '../../../domain/addresses/free-space.js';
import { expectSame } from './expect-same.js';

const SPACES = ['10.200.0.0/15', '172.16.0.0/15'].map(parseBlock);
const EXCLUDED = ['172.17.0.0/16', '10.200.7.0/27', '8.0.0.0/8'].map(parseBlock);
const RANGES = ['10.200.0.0/20', '10.201.0.0/16', '172.16.128.0/18', '0.0.0.0/0', '10.200.1.0/29'].map(
  parseBlock,
);
const CELL = 16;
const RUNS = 110;
const OPERATIONS_A_RUN = 1_000;

/** A block of `least` to `most` bits somewhere in the ranges. */
function blockOf(least: number, most: number): fc.Arbitrary<Ipv4Block> {
  return fc
    .record({
      range: fc.constantFrom(RANGES[0], RANGES[1], RANGES[2]),
      at: fc.nat({ max: 4095 }),
      prefixLength: fc.integer({ min: least, max: most }),
    })
    .map(({ range, at, prefixLength }) => {
      const start = (range?.first ?? 0) + at * CELL;
      return blockAt(start - (start % blockSize(prefixLength)), prefixLength);
    });
}

const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('allocate' as const),
      range: fc.nat({ max: RANGES.length - 1 }),
      prefixLength: fc.integer({ min: 0, max: 12 }).map((bits) => 28 - Math.floor((bits * bits) / 12)),
      set: fc.nat({ max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), block: blockOf(16, 28) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('releaseAny' as const), block: blockOf(16, 28) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A byte for each /28 of the two spaces: 1 where it cannot be given. */
class Cells {
  readonly #used = SPACES.map((space) => new Uint8Array((space.last + 1 - space.first) / CELL));

  constructor() {
    for (const block of EXCLUDED) this.mark(block, 1);
  }

  mark(block: Ipv4Block, value: 0 | 1): void {
    SPACES.forEach(({ first, last }, index) => {
      if (!blocksOverlap({ first, last, prefixLength: 15 }, block)) return;
      const from = Math.floor((Math.max(first, block.first) - first) / CELL);
      this.#used[index]?.fill(value, from, Math.floor((Math.min(last, block.last) - first) / CELL) + 1);
    });
  }

  isFree({ first, last }: Ipv4Block): boolean {
    const index = SPACES.findIndex((space) => first >= space.first && last <= space.last);
    const offset = SPACES[index]?.first ?? 0;
    const own = this.#used[index]?.subarray((first - offset) / CELL, (last - offset) / CELL + 1);
    return own?.includes(1) === false;
  }

  free({ first, last }: Ipv4Block): number {
    let count = 0;
    SPACES.forEach((space, index) => {
      const from = Math.max(0, Math.floor((first - space.first) / CELL));
      const to = Math.floor((Math.min(last, space.last) - space.first) / CELL);
      for (let cell = from; cell <= to; cell += 1) if (this.#used[index]?.[cell] === 0) count += 1;
    });
    return count * CELL;
  }

  firstFit(range: Ipv4Block, prefixLength: number, avoided: readonly Ipv4Block[]): number | null {
    if (range.prefixLength > prefixLength) return null;
    for (const space of SPACES) {
      const last = Math.min(range.last, space.last);
      for (let at = Math.max(range.first, space.first); at <= last; at += blockSize(prefixLength)) {
        const block = blockAt(at, prefixLength);
        if (this.isFree(block) && !avoided.some((other) => blocksOverlap(other, block))) return at;
      }
    }
    return null;
  }
}

class Pair {
  readonly #space = new FreeSpace(SPACES, EXCLUDED);
  readonly #cells = new Cells();
  readonly #live = new Map<string, Ipv4Block>();
  readonly #sets: readonly (readonly Ipv4Block[])[];
  readonly #prepared: readonly AvoidedRanges[];

  constructor(sets: readonly (readonly Ipv4Block[])[]) {
    this.#sets = [[], ...sets];
    this.#prepared = this.#sets.map((blocks) => AvoidedRanges.of(blocks));
  }

  play(step: Operation): void {
    if (step.kind === 'allocate') {
      this.#allocate(step);
      return;
    }
    if (step.kind === 'take') {
      const isFree = this.#cells.isFree(step.block);
      expectSame(this.#space.take(step.block.first, step.block.prefixLength), isFree);
      if (isFree) this.#took(step.block);
      return;
    }
    const block = step.kind === 'release' ? this.#liveAt(step.which) : step.block;
    if (block === undefined) return;
    const isLive = this.#live.has(keyOf(block));
    const contained = this.#space.contains(block.first, block.prefixLength);
    const released = this.#space.release(block.first, block.prefixLength);
    expectSame(contained, isLive);
    expectSame(released, isLive);
    if (!isLive) return;
    this.#live.delete(keyOf(block));
    this.#cells.mark(block, 0);
    expectSame(this.#space.isFree(block.first, block.prefixLength), true);
  }

  #allocate({ range, prefixLength, set }: { range: number; prefixLength: number; set: number }): void {
    const within = RANGES[range];
    if (within === undefined) return;
    const expected = this.#cells.firstFit(within, prefixLength, this.#sets[set] ?? []);
    const first = this.#space.allocate([within], prefixLength, this.#prepared[set]);
    expectSame(first, expected);
    if (first !== null) this.#took(blockAt(first, prefixLength));
  }

  #liveAt(which: number): Ipv4Block | undefined {
    return [...this.#live.values()][which % this.#live.size];
  }

  #took(block: Ipv4Block): void {
    this.#live.set(keyOf(block), block);
    this.#cells.mark(block, 1);
  }

  compare(): void {
    for (const range of RANGES.slice(0, 4)) {
      expect(this.#space.free(range)).toBe(this.#cells.free(range));
      const taken = [...this.#live.values()]
        .filter((block) => blocksOverlap(block, range))
        .sort((a, b) => a.first - b.first);
      expect([...this.#space.takenIn(range)]).toEqual(taken);
    }
  }
}

function keyOf({ first, prefixLength }: Ipv4Block): string {
  return `${first}/${prefixLength}`;
}

describe('free space beside a byte for every /28', () => {
  it('finds the same blocks, of all lengths, in several ranges, past what is avoided', () => {
    let operations = 0;
    const avoidSets = fc.array(fc.array(blockOf(14, 32), { maxLength: 12 }), { minLength: 3, maxLength: 3 });
    const steps = fc.array(operation, { minLength: OPERATIONS_A_RUN, maxLength: OPERATIONS_A_RUN });
    fc.assert(
      fc.property(avoidSets, steps, (sets, played) => {
        const pair = new Pair(sets);
        for (const step of played) pair.play(step);
        operations += played.length;
        pair.compare();
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(operations).toBeGreaterThanOrEqual(100_000);
  });

  it('has room again, as one whole block, when all of its parts are released', () => {
    const [range] = [parseBlock('10.200.0.0/16')];
    const space = new FreeSpace([range], []);
    const taken = Array.from({ length: 4096 }, () => space.allocate([range], 28) ?? -1);
    expect(new Set(taken).size).toBe(4096);
    expect(space.free(range)).toBe(0);
    expect(space.allocate([range], 28)).toBeNull();
    for (const first of taken) space.release(first, 28);
    expect(space.allocate([range], 16)).toBe(range.first);
  });

  it('tries ranges in their order, and none that is smaller than the block', () => {
    const space = new FreeSpace(SPACES, []);
    const ranges = ['10.201.0.0/26', '10.200.0.128/25', '10.200.0.0/24'].map(parseBlock);
    const given = [1, 2, 3].map(() => space.allocate(ranges, 25));
    expect(given).toEqual([parseBlock('10.200.0.128/25').first, parseBlock('10.200.0.0/25').first, null]);
  });

  it('is made of whole pages', () => {
    expect(() => new FreeSpace([parseBlock('10.0.0.0/17')], [])).toThrow('10.0.0.0/17 is smaller than a /16');
  });
});
