/**
 * What has to be seen for a while, without a break, before it is believed: AWS lags behind itself, and shows nothing at all
 * to the wrong reader.
 */
export class Lasting {
  #what: string | null = null;
  #sinceMs = 0;

  /**
   * @param what seen now; another one than before begins anew
   * @returns how much longer (ms) it has to last; 0 once it is to be believed
   */
  stillFor(what: string, forMs: number): number {
    if (this.#what !== what) {
      this.#what = what;
      this.#sinceMs = Date.now();
    }
    return Math.max(0, this.#sinceMs + forMs - Date.now());
  }

  /** Whether this was not seen at the look before. */
  isNew(what: string): boolean {
    return this.#what !== what;
  }

  /** Something else was seen. */
  over(): void {
    this.#what = null;
  }
}
