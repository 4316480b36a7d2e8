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
    return this.#countingAt(Date.now());
  }

  /** @param at ISO 8601, UTC */
  allows(changes: number, { perHour, at }: { perHour: number; at: string }): boolean {
    return this.#countingAt(Date.parse(at)).length + changes <= perHour;
  }

  spend(changes: number, at: string): void {
    this.#spent = [...this.#countingAt(Date.parse(at)), ...Array.from({ length: changes }, () => at)];
  }

  #countingAt(ms: number): string[] {
    const from = new Date(ms - HOUR_MS).toISOString();
    return this.#spent.filter((at) => at > from);
  }
}
