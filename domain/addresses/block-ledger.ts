import { parseBlock, type Ipv4Block } from './blocks.js';
import { FreeSpace } from './free-space.js';
import { FORBIDDEN_PROVIDER_BLOCKS, PRIVATE_CIDRS } from './provider-space.js';
import { cidrOf, type PoolBlock } from './pool-block.js';
import { RestingBlocks } from './resting-blocks.js';

/** Who holds which block and which rest: one block for a holder, no two overlapping. The rules are in `AddressPool`. */
export class BlockLedger {
  readonly space = new FreeSpace(
    PRIVATE_CIDRS.map(parseBlock),
    FORBIDDEN_PROVIDER_BLOCKS.map(({ cidr }) => parseBlock(cidr)),
  );
  readonly #held = new Map<string, PoolBlock>();
  readonly #resting = new RestingBlocks();
  /** By first address. */
  readonly #blocks = new Map<number, PoolBlock>();

  /** Of blocks held and resting. */
  get size(): number {
    return this.#blocks.size;
  }

  heldBy(holder: string): PoolBlock | undefined {
    return this.#held.get(holder);
  }

  restingOf(lastHolder: string): PoolBlock[] {
    return this.#resting.of(lastHolder);
  }

  /** @throws RangeError where the block is not free: a mistake of the caller, or a damaged snapshot */
  add(block: PoolBlock): void {
    if (!this.space.take(block.first, block.prefixLength)) {
      throw new RangeError(`${cidrOf(block)} is not free for ${block.holder}`);
    }
    this.#blocks.set(block.first, block);
    if (block.resting) this.#resting.add(block);
    else this.#held.set(block.holder, block);
  }

  remove(block: PoolBlock): void {
    this.space.release(block.first, block.prefixLength);
    this.#blocks.delete(block.first);
    if (block.resting) this.#resting.remove(block);
    else this.#held.delete(block.holder);
  }

  /** Frees what has rested long enough. */
  expire(now: number): void {
    for (const block of this.#resting.takeDue(now)) {
      this.space.release(block.first, block.prefixLength);
      this.#blocks.delete(block.first);
    }
  }

  isExpiryDue(now: number): boolean {
    return this.#resting.isAnyDue(now);
  }

  /** The blocks, held and resting, that share an address with the range, ascending. */
  *blocksIn(range: Ipv4Block): Generator<PoolBlock> {
    for (const { first } of this.space.takenIn(range)) {
      const block = this.#blocks.get(first);
      if (block !== undefined) yield block;
    }
  }

  /** In the order in which they were given. */
  held(): PoolBlock[] {
    return [...this.#held.values()];
  }

  /** In the order in which they come free again. */
  resting(): PoolBlock[] {
    return this.#resting.all();
  }
}
