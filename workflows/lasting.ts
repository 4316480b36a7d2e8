import type { PeeringRecord } from './peering-record.js';

/** What AWS shows, or does not show, and is to be believed only once it has lasted. */
export interface Doubt {
  /** As people read it; another one than before begins anew. */
  note: string;
  /** Milliseconds. */
  lastsMs: number;
  /** After how long that is, as people read it; where it is not worth saying, nothing. */
  lasts?: string;
}

/**
 * What has to be seen for a while, without a break, before it is believed: AWS lags behind itself, and shows nothing at all
 * to the wrong reader.
 */
export class Lasting {
  #note: string | null = null;
  #sinceMs = 0;

  constructor(private readonly record: PeeringRecord) {}

  /**
   * Says what is seen, and that it is looked at again.
   *
   * @returns how much longer (ms) it has to last; 0 once it is to be believed
   */
  stillFor({ note, lastsMs, lasts }: Doubt): number {
    if (this.#note !== note) {
      this.#note = note;
      this.#sinceMs = Date.now();
      this.record.note(`${note}; that is believed when it lasts${lasts === undefined ? '' : ` ${lasts}`}`);
    }
    const left = Math.max(0, this.#sinceMs + lastsMs - Date.now());
    if (left > 0) {
      this.record.nextStep({ who: 'causeway', what: `Nothing to do: ${note}; it is looked at again` });
    }
    return left;
  }

  /** Something else was seen. */
  over(): void {
    this.#note = null;
  }
}
