import { IPv4, IPv4CidrRange, IPv4Prefix } from 'ip-num';
import type { Ipv4Block } from '../domain/addresses/blocks.js';
import { blockSize } from '../domain/addresses/blocks.js';

const PREFIX_LENGTH = 25;

/** A pool as it is made of ip-num: the live blocks as ranges, each candidate compared with them. */
export class IpNumPool {
  readonly #space: readonly Ipv4Block[];
  readonly #held: IPv4CidrRange[];

  constructor(space: readonly Ipv4Block[], held: Int32Array) {
    this.#space = space;
    this.#held = Array.from(held, rangeAt);
  }

  /** Releases the block of that index and takes the lowest free one in its place. */
  releaseAndTake(index: number): void {
    this.#held[index] = rangeAt(0);
    for (const { first, last } of this.#space) {
      for (let candidate = first; candidate < last; candidate += blockSize(PREFIX_LENGTH)) {
        const range = rangeAt(candidate);
        // Blocks of one size overlap where they are equal; isOverlapping would take twice as long.
        if (this.#held.some((other) => range.isEquals(other))) continue;
        this.#held[index] = range;
        return;
      }
    }
  }
}

function rangeAt(first: number): IPv4CidrRange {
  return new IPv4CidrRange(new IPv4(BigInt(first)), new IPv4Prefix(BigInt(PREFIX_LENGTH)));
}
