import { AvoidedRanges, CELL_SIZE } from './avoided-ranges.js';
import { blockAt, blocksOverlap, formatBlock, type Ipv4Block } from './blocks.js';
import { BuddyPages, LEVELS } from './buddy-pages.js';
import { LARGEST_VPC_PREFIX, SMALLEST_VPC_PREFIX } from './provider-space.js';
import { SearchMemory } from './search-memory.js';

const PAGE_CELLS = 2 ** (SMALLEST_VPC_PREFIX - LARGEST_VPC_PREFIX);
/** The node of a page's first /28. */
const FIRST_CELL_NODE = PAGE_CELLS;
const CELL_BITS = Math.log2(CELL_SIZE);

/** A space in cells, and where its pages begin in the row of all pages. */
interface Space {
  readonly firstCell: number;
  readonly lastCell: number;
  readonly firstPage: number;
}

/**
 * The blocks of /16 to /28 in some spaces, free or taken: numbers only, without holders and reasons. All blocks are given by their
 * first address and prefix length and are aligned to it, as `Ipv4Block` is. A search, a block taken and
 * one released cost about the same however many are taken.
 */
export class FreeSpace {
  readonly #spaces: readonly Space[];
  readonly #pages: BuddyPages;
  readonly #memory = new SearchMemory();

  /**
   * @param spaces disjoint, /16 or larger
   * @param excluded blocks that are never free, of any size and anywhere
   * @throws RangeError for a space smaller than /16
   */
  constructor(spaces: readonly Ipv4Block[], excluded: readonly Ipv4Block[]) {
    const small = spaces.find(({ prefixLength }) => prefixLength > LARGEST_VPC_PREFIX);
    if (small !== undefined) throw new RangeError(`${formatBlock(small)} is smaller than a /16`);
    let pages = 0;
    const laidOut: Space[] = [];
    for (const { first, last } of [...spaces].sort((a, b) => a.first - b.first)) {
      laidOut.push({ firstCell: cellOf(first), lastCell: cellOf(last), firstPage: pages });
      pages += (cellOf(last) + 1 - cellOf(first)) / PAGE_CELLS;
    }
    this.#spaces = laidOut;
    this.#pages = new BuddyPages(pages);
    for (const space of spaces) {
      for (const block of excluded) if (blocksOverlap(space, block)) this.#exclude(space, block);
    }
  }

  /** Takes the lowest free block of the first range that has one, or null. The ranges are tried in order. */
  allocate(
    ranges: readonly Ipv4Block[],
    prefixLength: number,
    avoided: AvoidedRanges = AvoidedRanges.none,
  ): number | null {
    for (const range of ranges) {
      const first = this.firstFit(range, prefixLength, avoided);
      if (first === null) continue;
      this.take(first, prefixLength);
      return first;
    }
    return null;
  }

  /** The first address of the lowest free block of `prefixLength` in the range that overlaps nothing avoided, or null. */
  firstFit(
    range: Ipv4Block,
    prefixLength: number,
    avoided: AvoidedRanges = AvoidedRanges.none,
  ): number | null {
    if (range.prefixLength > prefixLength) return null;
    const level = levelAt(prefixLength);
    const lastCell = cellOf(range.last);
    const size = cellsOf(level);
    if (avoided.isEmpty) {
      const cell = this.#nextFree(cellOf(range.first), lastCell, level);
      return cell < 0 ? null : cell * CELL_SIZE;
    }
    const known = this.#memory.of(avoided, { firstCell: cellOf(range.first), size });
    let cell = this.#nextFree(known.nothingBelow, lastCell, level);
    while (cell >= 0) {
      const end = avoided.endOfRunOver(cell, cell + size - 1);
      if (end < 0) break;
      cell = this.#nextFree(Math.ceil((end + 1) / size) * size, lastCell, level);
    }
    known.nothingBelow = cell < 0 ? Math.max(known.nothingBelow, lastCell + 1) : cell;
    return cell < 0 ? null : cell * CELL_SIZE;
  }

  /** False, and nothing changes, where not all of the block is free. */
  take(first: number, prefixLength: number): boolean {
    const page = this.#pageAt(cellOf(first));
    return page >= 0 && this.#pages.take(page, nodeAt(cellOf(first), levelAt(prefixLength)));
  }

  /** False, and nothing changes, where not exactly this block was taken. */
  release(first: number, prefixLength: number): boolean {
    const cell = cellOf(first);
    const page = this.#pageAt(cell);
    if (page < 0 || !this.#pages.release(page, nodeAt(cell, levelAt(prefixLength)))) return false;
    this.#memory.forget(cell, cell + cellsOf(levelAt(prefixLength)) - 1);
    return true;
  }

  /** Whether exactly this block is taken. */
  contains(first: number, prefixLength: number): boolean {
    const page = this.#pageAt(cellOf(first));
    return page >= 0 && this.#pages.isTaken(page, nodeAt(cellOf(first), levelAt(prefixLength)));
  }

  /** Whether every address of the block is free. */
  isFree(first: number, prefixLength: number): boolean {
    const page = this.#pageAt(cellOf(first));
    return page >= 0 && this.#pages.isFree(page, nodeAt(cellOf(first), levelAt(prefixLength)));
  }

  /** The number of free addresses in a range, in whole /28s. */
  free(range: Pick<Ipv4Block, 'first' | 'last'>): number {
    let cells = 0;
    for (const space of this.#spaces) {
      const last = Math.min(cellOf(range.last), space.lastCell);
      let cell = Math.max(cellOf(range.first), space.firstCell);
      while (cell <= last) {
        const end = Math.min(last, endOfPage(cell));
        const node = FIRST_CELL_NODE + (cell % PAGE_CELLS);
        cells += this.#pages.countFree(this.#pageIn(space, cell), node, node + end - cell);
        cell = end + 1;
      }
    }
    return cells * CELL_SIZE;
  }

  /** The blocks taken that share an address with the range, ascending. */
  *takenIn(range: Pick<Ipv4Block, 'first' | 'last'>): Generator<Ipv4Block> {
    for (const space of this.#spaces) {
      const last = Math.min(cellOf(range.last), space.lastCell);
      let cell = Math.max(cellOf(range.first), space.firstCell);
      while (cell <= last) {
        const level = this.#levelOfTaken(this.#pageIn(space, cell), cell);
        if (level === null) {
          cell += this.#freeCellsFrom(this.#pageIn(space, cell), cell);
          continue;
        }
        const size = cellsOf(level);
        const first = cell - (cell % size);
        yield blockAt(first * CELL_SIZE, LARGEST_VPC_PREFIX + level);
        cell = first + size;
      }
    }
  }

  #exclude(space: Ipv4Block, { first, last }: Ipv4Block): void {
    const end = cellOf(Math.min(last, space.last));
    let cell = cellOf(Math.max(first, space.first));
    while (cell <= end) {
      let level = 0;
      while (cell % cellsOf(level) !== 0 || cell + cellsOf(level) - 1 > end) level += 1;
      this.#pages.exclude(this.#pageAt(cell), nodeAt(cell, level));
      cell += cellsOf(level);
    }
  }

  /** The lowest free block of a level that starts at `cell`, which is aligned to it, or after it; -1 where there is none. */
  #nextFree(cell: number, lastCell: number, level: number): number {
    for (const space of this.#spaces) {
      if (space.lastCell < cell) continue;
      if (space.firstCell > lastCell) break;
      const found = this.#nextFreeIn(space, { from: cell, to: lastCell }, level);
      if (found >= 0) return found;
    }
    return -1;
  }

  #nextFreeIn(space: Space, cells: { from: number; to: number }, level: number): number {
    const from = Math.max(cells.from, space.firstCell);
    const to = Math.min(cells.to, space.lastCell);
    const firstPage = this.#pageIn(space, from);
    const lastPage = this.#pageIn(space, to);
    let page = this.#pages.nextPageWithRoom(level, firstPage, lastPage);
    while (page >= 0) {
      const first = page === firstPage ? nodeAt(from, level) : 1 << level;
      const last = page === lastPage ? nodeAt(to, level) : (2 << level) - 1;
      const node = this.#pages.nextFree(page, first, last);
      if (node >= 0) {
        const pageCell = space.firstCell + (page - space.firstPage) * PAGE_CELLS;
        return pageCell + (node - (1 << level)) * cellsOf(level);
      }
      page = this.#pages.nextPageWithRoom(level, page + 1, lastPage);
    }
    return -1;
  }

  #levelOfTaken(page: number, cell: number): number | null {
    for (let level = 0; level < LEVELS; level += 1) {
      if (this.#pages.isTaken(page, nodeAt(cell, level))) return level;
    }
    return null;
  }

  /** How many cells from this one on, at least itself, are surely not taken. */
  #freeCellsFrom(page: number, cell: number): number {
    for (let level = 0; level < LEVELS; level += 1) {
      if (this.#pages.isFree(page, nodeAt(cell, level))) return cellsOf(level) - (cell % cellsOf(level));
    }
    return 1;
  }

  #pageAt(cell: number): number {
    for (const space of this.#spaces) {
      if (cell >= space.firstCell && cell <= space.lastCell) return this.#pageIn(space, cell);
    }
    return -1;
  }

  #pageIn(space: Space, cell: number): number {
    return space.firstPage + ((cell - space.firstCell) >>> LEVEL_BITS);
  }
}

const LEVEL_BITS = LEVELS - 1;

function cellOf(address: number): number {
  return address >>> CELL_BITS;
}

function levelAt(prefixLength: number): number {
  return prefixLength - LARGEST_VPC_PREFIX;
}

function cellsOf(level: number): number {
  return 1 << (LEVEL_BITS - level);
}

function endOfPage(cell: number): number {
  return cell | (PAGE_CELLS - 1);
}

/** The node of the block of this level that holds the cell. */
function nodeAt(cell: number, level: number): number {
  return (PAGE_CELLS + (cell & (PAGE_CELLS - 1))) >>> (LEVEL_BITS - level);
}
