/** A candidate, a run of them ("a–b") or a whole range, and why it was not taken. */
export interface Rejection {
  readonly cidr: string;
  readonly reason: string;
}

/** Entries kept; with thousands of blocks held, a plan would otherwise outgrow a payload. */
const MOST_REJECTIONS = 50;

/** What was tried, in order, bounded: the last entry then counts what is left out. */
export class RejectionList {
  readonly #kept: Rejection[] = [];
  #left = 0;

  add(rejection: Rejection): void {
    // The preferred block is usually the first of a range as well, and is not tried twice.
    if (this.#kept[0]?.cidr === rejection.cidr) return;
    if (this.#kept.length < MOST_REJECTIONS - 1) this.#kept.push(rejection);
    else this.#left += 1;
  }

  get first(): Rejection | undefined {
    return this.#kept[0];
  }

  entries(): Rejection[] {
    if (this.#left === 0) return [...this.#kept];
    return [...this.#kept, { cidr: `${this.#left} more`, reason: 'overlap what is held or to be avoided' }];
  }
}
