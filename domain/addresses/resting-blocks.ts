import type { PoolBlock } from './pool-block.js';

/** Blocks in quarantine, in the order in which they come free again. */
export class RestingBlocks {
  /** By the end of the rest, from `#next` on. */
  #queue: PoolBlock[] = [];
  #next = 0;
  readonly #ofHolder = new Map<string, Set<PoolBlock>>();

  add(block: PoolBlock): void {
    let at = this.#queue.length;
    // With one length of rest for all, a block always goes to the end.
    while (at > this.#next && (this.#queue[at - 1]?.time ?? 0) > block.time) at -= 1;
    this.#queue.splice(at, 0, block);
    const others = this.#ofHolder.get(block.holder);
    if (others === undefined) this.#ofHolder.set(block.holder, new Set([block]));
    else others.add(block);
  }

  remove(block: PoolBlock): void {
    const at = this.#queue.indexOf(block, this.#next);
    if (at >= 0) this.#queue.splice(at, 1);
    this.#forget(block);
  }

  of(lastHolder: string): PoolBlock[] {
    return [...(this.#ofHolder.get(lastHolder) ?? [])];
  }

  /** Those whose rest is over at `now`, removed. */
  takeDue(now: number): PoolBlock[] {
    const due: PoolBlock[] = [];
    for (;;) {
      const block = this.#queue[this.#next];
      if (block === undefined || block.time > now) break;
      this.#next += 1;
      due.push(block);
      this.#forget(block);
    }
    if (this.#next * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    return due;
  }

  isAnyDue(now: number): boolean {
    return (this.#queue[this.#next]?.time ?? Infinity) <= now;
  }

  all(): PoolBlock[] {
    return this.#queue.slice(this.#next);
  }

  #forget(block: PoolBlock): void {
    const others = this.#ofHolder.get(block.holder);
    if (others?.delete(block) === true && others.size === 0) this.#ofHolder.delete(block.holder);
  }
}
