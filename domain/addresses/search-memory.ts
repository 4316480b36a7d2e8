import type { AvoidedRanges } from './avoided-ranges.js';

const MOST_SEARCHES = 8;

/** What is known of one kind of search: the set it avoids, where its range begins, and the size of its blocks, in cells. */
export interface KnownSearch {
  readonly avoided: AvoidedRanges;
  readonly firstCell: number;
  readonly size: number;
  /** No block that could be given begins between `firstCell` and here. */
  nothingBelow: number;
}

/**
 * Remembers of the latest searches how far they had to go, so that many blocks past the same thousands of ranges
 * cost no more than one walk over them.
 */
export class SearchMemory {
  readonly #searches: KnownSearch[] = [];
  #oldest = 0;

  of(avoided: AvoidedRanges, { firstCell, size }: { firstCell: number; size: number }): KnownSearch {
    for (const known of this.#searches) {
      if (known.avoided === avoided && known.firstCell === firstCell && known.size === size) return known;
    }
    const search = { avoided, firstCell, size, nothingBelow: firstCell };
    this.#searches[this.#oldest] = search;
    this.#oldest = (this.#oldest + 1) % MOST_SEARCHES;
    return search;
  }

  /** These cells became free: what was known of the addresses from there on holds no longer. */
  forget(first: number, last: number): void {
    for (const known of this.#searches) {
      if (first >= known.nothingBelow || last < known.firstCell) continue;
      known.nothingBelow = Math.max(known.firstCell, first - (first % known.size));
    }
  }
}
