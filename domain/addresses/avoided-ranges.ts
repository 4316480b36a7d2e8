import type { Ipv4Block } from './blocks.js';

/** Addresses of a /28, the smallest block a pool gives: what is avoided is rounded up to whole ones. */
export const CELL_SIZE = 16;

/**
 * Addresses that may not be given, prepared once for many searches: disjoint runs of cells, ascending. Cells, other
 * than addresses, fit into the small integers of the engine.
 */
export class AvoidedRanges {
  static readonly none = new AvoidedRanges([]);

  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  /** Where the last question was answered: a search asks in ascending order. */
  #near = 0;

  private constructor(runs: readonly { first: number; last: number }[]) {
    this.#firsts = Int32Array.from(runs, ({ first }) => first);
    this.#lasts = Int32Array.from(runs, ({ last }) => last);
  }

  /** The given blocks, of any size and overlapping or not, and everything that `others` avoid. */
  static of(blocks: Iterable<Ipv4Block>, others: AvoidedRanges = AvoidedRanges.none): AvoidedRanges {
    const given = Array.from(blocks, ({ first, last }) => ({
      first: Math.floor(first / CELL_SIZE),
      last: Math.floor(last / CELL_SIZE),
    }));
    if (given.length === 0) return others;
    const runs: { first: number; last: number }[] = [];
    for (const { first, last } of [...others.#runs(), ...given].sort((a, b) => a.first - b.first)) {
      const open = runs.at(-1);
      if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last);
      else runs.push({ first, last });
    }
    return new AvoidedRanges(runs);
  }

  get isEmpty(): boolean {
    return this.#firsts.length === 0;
  }

  /** The last cell of the run that overlaps the cells `first` to `last`, or -1 where they are all right. */
  endOfRunOver(first: number, last: number): number {
    const run = this.#lastRunFrom(last);
    const end = this.#lasts[run] ?? -1;
    return end >= first ? end : -1;
  }

  /** The cells of `first` to `last` that are avoided, as runs cut to these bounds, ascending. */
  *runsWithin(first: number, last: number): Generator<{ first: number; last: number }> {
    for (const run of this.#runs()) {
      if (run.last < first) continue;
      if (run.first > last) return;
      yield { first: Math.max(run.first, first), last: Math.min(run.last, last) };
    }
  }

  /** The index of the last run that starts at `cell` or before it; -1 where there is none. */
  #lastRunFrom(cell: number): number {
    const firsts = this.#firsts;
    const near = this.#near;
    if ((firsts[near] ?? Infinity) <= cell && (near + 1 >= firsts.length || (firsts[near + 1] ?? 0) > cell)) {
      return near;
    }
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= cell) low = middle + 1;
      else high = middle;
    }
    if (low > 0) this.#near = low - 1;
    return low - 1;
  }

  *#runs(): Generator<{ first: number; last: number }> {
    for (const [index, first] of this.#firsts.entries()) yield { first, last: this.#lasts[index] ?? first };
  }
}
