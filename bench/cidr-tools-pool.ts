import { excludeCidr, mergeCidr } from 'cidr-tools';
import { blockAt, formatBlock, parseBlock } from '../domain/addresses/blocks.js';

const PREFIX_LENGTH = 25;

/** A pool as it is made of cidr-tools: what is free as a list of CIDRs, ascending. */
export class CidrToolsPool {
  readonly #held: string[];
  #free: string[];

  constructor(space: string, held: Int32Array) {
    this.#held = Array.from(held, (first) => formatBlock(blockAt(first, PREFIX_LENGTH)));
    this.#free = excludeCidr(space, this.#held);
  }

  /** Releases the block of that index and takes the lowest free one in its place. */
  releaseAndTake(index: number): void {
    this.#free = mergeCidr([...this.#free, this.#held[index] ?? '']);
    const fitting = this.#free.map(parseBlock).find(({ prefixLength }) => prefixLength <= PREFIX_LENGTH);
    const taken = formatBlock(blockAt(fitting?.first ?? 0, PREFIX_LENGTH));
    this.#free = excludeCidr(this.#free, taken);
    this.#held[index] = taken;
  }
}
