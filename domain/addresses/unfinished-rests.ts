import { cidrsOverlap } from './blocks.js';

interface Release {
  holder: string;
  wasActive: boolean;
  quarantineMs: number;
}

/**
 * Blocks that went back to their last holder before they had rested to the end. For anybody else the rest goes on: given
 * back without having carried traffic anew, such a block is still one that carried some a short while ago.
 */
export class UnfinishedRests {
  /** By holder: until when, in ms since the epoch. */
  readonly #until: Map<string, number>;

  constructor(entries: readonly (readonly [holder: string, until: number])[]) {
    this.#until = new Map(entries);
  }

  /** @param rested what the holder held last, before it was given `cidr` */
  given(holder: string, cidr: string, rested: readonly { cidr: string; until: number }[]): void {
    if (rested.length === 0 && this.#until.size === 0) return;
    const ends = rested.filter((block) => cidrsOverlap(block.cidr, cidr)).map(({ until }) => until);
    this.#until.delete(holder);
    if (ends.length > 0) this.#until.set(holder, Math.max(...ends));
  }

  /** The order by which the holder's block rests as long as it should, where it is given back or exchanged. */
  extend(order: Release, now: number): Release {
    const left = (this.#until.get(order.holder) ?? now) - now;
    if (left <= (order.wasActive ? order.quarantineMs : 0)) return order;
    return { holder: order.holder, wasActive: true, quarantineMs: left };
  }

  released(holder: string): void {
    this.#until.delete(holder);
  }

  entries(now: number): [holder: string, until: number][] {
    return [...this.#until].filter(([, until]) => until > now);
  }
}
