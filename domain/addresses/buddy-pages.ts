/** /16 to /28: level 0 is the whole page, level 12 a /28. */
export const LEVELS = 13;

const LOWEST = LEVELS - 1;
const PAGE_BITS = 2 ** LEVELS;
const PAGE_WORDS = PAGE_BITS / 32;
/** Counters of a page, one for each level, rounded up to a power of two. */
const PAGE_COUNTS = 16;

/**
 * Which blocks are free, for a row of pages of a /16 each. A page is a binary tree: node 1 is the /16, nodes 2n and
 * 2n + 1 are the halves of node n, nodes 4096 to 8191 the /28s. So the nodes of one prefix length are a run of
 * bits, and the lowest free block of that length is the lowest bit set in the run.
 *
 * A node is free when every address of it is: taking one clears it, what is in it and what it is in; releasing it sets
 * them again, upwards for as long as the other half is free too. `room` sums up for each level which pages have
 * a free node, so that a search passes over full pages 32 at a time. A page costs no memory before it is touched.
 */
export class BuddyPages {
  #free = new Int32Array(0);
  /** Nodes that were taken as exactly this block. */
  #taken = new Int32Array(0);
  /** How many nodes are free, for each level of each page. */
  #counts = new Uint16Array(0);
  #touched = 0;
  /** Where a page is in the arrays above; -1 before it is touched. */
  readonly #places: Int32Array;
  /** For each level a bit for each page. */
  readonly #room: Int32Array;
  readonly #roomWords: number;

  constructor(pages: number) {
    this.#places = new Int32Array(pages).fill(-1);
    this.#roomWords = Math.ceil(pages / 32);
    this.#room = new Int32Array(LEVELS * this.#roomWords).fill(-1);
  }

  isFree(page: number, node: number): boolean {
    const place = this.#places[page] ?? -1;
    return place < 0 || isSet(this.#free, place * PAGE_BITS + node);
  }

  /** Whether exactly this block was taken: not one in it, nor one around it. */
  isTaken(page: number, node: number): boolean {
    const place = this.#places[page] ?? -1;
    return place >= 0 && isSet(this.#taken, place * PAGE_BITS + node);
  }

  /** False, and nothing changes, where not all of the block is free. */
  take(page: number, node: number): boolean {
    if (!this.exclude(page, node)) return false;
    set(this.#taken, (this.#places[page] ?? 0) * PAGE_BITS + node);
    return true;
  }

  /** As `take`, for good: what is excluded is nobody's to release. */
  exclude(page: number, node: number): boolean {
    const place = this.#touch(page);
    const bits = place * PAGE_BITS;
    if (!isSet(this.#free, bits + node)) return false;
    const level = levelOf(node);
    let first = node;
    let width = 1;
    for (let at = level; at < LEVELS; at += 1) {
      clearRun(this.#free, bits + first, width);
      this.#countLess(page, at, width);
      first *= 2;
      width *= 2;
    }
    let above = node >>> 1;
    for (let at = level - 1; at >= 0 && isSet(this.#free, bits + above); at -= 1) {
      clearRun(this.#free, bits + above, 1);
      this.#countLess(page, at, 1);
      above >>>= 1;
    }
    return true;
  }

  /** False, and nothing changes, where not exactly this block was taken. */
  release(page: number, node: number): boolean {
    if (!this.isTaken(page, node)) return false;
    const bits = (this.#places[page] ?? 0) * PAGE_BITS;
    clearRun(this.#taken, bits + node, 1);
    const level = levelOf(node);
    let first = node;
    let width = 1;
    for (let at = level; at < LEVELS; at += 1) {
      setRun(this.#free, bits + first, width);
      this.#countMore(page, at, width);
      first *= 2;
      width *= 2;
    }
    let whole = node;
    for (let at = level - 1; at >= 0 && isSet(this.#free, bits + (whole ^ 1)); at -= 1) {
      whole >>>= 1;
      set(this.#free, bits + whole);
      this.#countMore(page, at, 1);
    }
    return true;
  }

  /** The first page, `from` to `to`, with a free node of this level; -1 where there is none. */
  nextPageWithRoom(level: number, from: number, to: number): number {
    const start = level * this.#roomWords * 32;
    const bit = lowestSet(this.#room, start + from, start + to);
    return bit < 0 ? -1 : bit - start;
  }

  /** The lowest free node of those from `from` to `to`, all of one level; -1 where there is none. */
  nextFree(page: number, from: number, to: number): number {
    const place = this.#places[page] ?? -1;
    if (place < 0) return from <= to ? from : -1;
    const bits = place * PAGE_BITS;
    const bit = lowestSet(this.#free, bits + from, bits + to);
    return bit < 0 ? -1 : bit - bits;
  }

  /** How many of the /28s `from` to `to` of a page are free, given as nodes. */
  countFree(page: number, from: number, to: number): number {
    const place = this.#places[page] ?? -1;
    if (place < 0) return to - from + 1;
    if (to - from + 1 === 2 ** LOWEST) return this.#counts[place * PAGE_COUNTS + LOWEST] ?? 0;
    let count = 0;
    for (let node = from; node <= to; node += 1) if (isSet(this.#free, place * PAGE_BITS + node)) count += 1;
    return count;
  }

  #touch(page: number): number {
    const known = this.#places[page] ?? -1;
    if (known >= 0) return known;
    const place = this.#touched;
    if (place * PAGE_WORDS >= this.#free.length) this.#grow(Math.max(1, place * 2));
    this.#touched += 1;
    this.#places[page] = place;
    return place;
  }

  #grow(pages: number): void {
    const free = new Int32Array(pages * PAGE_WORDS).fill(-1);
    const taken = new Int32Array(pages * PAGE_WORDS);
    const counts = new Uint16Array(pages * PAGE_COUNTS);
    for (let at = 0; at < counts.length; at += 1) counts[at] = 2 ** (at % PAGE_COUNTS);
    // Node 0 is no block, and ends the way upwards.
    for (let at = 0; at < free.length; at += PAGE_WORDS) free[at] = -2;
    free.set(this.#free);
    taken.set(this.#taken);
    counts.set(this.#counts);
    this.#free = free;
    this.#taken = taken;
    this.#counts = counts;
  }

  #countLess(page: number, level: number, width: number): void {
    const at = (this.#places[page] ?? 0) * PAGE_COUNTS + level;
    const left = (this.#counts[at] ?? 0) - width;
    this.#counts[at] = left;
    if (left === 0) clearRun(this.#room, level * this.#roomWords * 32 + page, 1);
  }

  #countMore(page: number, level: number, width: number): void {
    const at = (this.#places[page] ?? 0) * PAGE_COUNTS + level;
    const before = this.#counts[at] ?? 0;
    this.#counts[at] = before + width;
    if (before === 0) set(this.#room, level * this.#roomWords * 32 + page);
  }
}

function levelOf(node: number): number {
  return 31 - Math.clz32(node);
}

function isSet(words: Int32Array, bit: number): boolean {
  return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}

function set(words: Int32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
}

/** `width` is a power of two and `first` a multiple of it, so that a run is in one word or fills whole ones. */
function setRun(words: Int32Array, first: number, width: number): void {
  const word = first >>> 5;
  if (width < 32) words[word] = (words[word] ?? 0) | (((1 << width) - 1) << (first & 31));
  else words.fill(-1, word, word + (width >>> 5));
}

function clearRun(words: Int32Array, first: number, width: number): void {
  const word = first >>> 5;
  if (width < 32) words[word] = (words[word] ?? 0) & ~(((1 << width) - 1) << (first & 31));
  else words.fill(0, word, word + (width >>> 5));
}

/** The lowest bit set of those from `from` to `to`; -1 where none is. */
function lowestSet(words: Int32Array, from: number, to: number): number {
  if (from > to) return -1;
  const last = to >>> 5;
  let word = from >>> 5;
  let bits = (words[word] ?? 0) & (-1 << (from & 31));
  while (bits === 0) {
    word += 1;
    if (word > last) return -1;
    bits = words[word] ?? 0;
  }
  const bit = word * 32 + 31 - Math.clz32(bits & -bits);
  return bit <= to ? bit : -1;
}
