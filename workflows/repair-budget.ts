import { HOUR_MS } from '../domain/durations.js';

/**
 * How much was repaired within the last hour. Something that undoes each repair, or a mistake of ours, is thereby noticed
 * by people before it has run for long.
 */
export class RepairBudget {
  /** ISO 8601, UTC, one for each change. */
  #spent: string[];

  constructor(spent: readonly string[]) {
    this.#spent = [...spent];
  }

  /** Those that still count. */
  get spent(): string[] {
    const from = new Date(Date.now() - HOUR_MS).toISOString();
    this.#spent = this.#spent.filter((at) => at > from);
    return this.#spent;
  }

  allows(changes: number, perHour: number): boolean {
    return this.spent.length + changes <= perHour;
  }

  spend(changes: number, at: string): void {
    this.#spent.push(...Array.from({ length: changes }, () => at));
  }
}
