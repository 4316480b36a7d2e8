import { condition, setHandler } from '@temporalio/workflow';
import {
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
  type AcceptanceClaim,
  type DeclineNotice,
} from '../contract/messages.js';
import { quoted } from '../domain/quoting.js';
import type { PeeringRecord } from './peering-record.js';

/**
 * What others say to a waiting run. A signal is never believed: it makes the run look at AWS, and however many come before
 * it has looked, it looks once.
 */
export class Inbox {
  #lookAgain = false;
  #claims = 0;
  #declined: string | null = null;

  constructor(private readonly record: PeeringRecord) {
    setHandler(customerAcceptedSignal, (claim?: AcceptanceClaim) => {
      this.#claims += 1;
      this.#lookAgain = true;
      record.note(`${senderOf(claim)} says the request is accepted; AWS is asked`);
    });
    setHandler(customerDeclinedSignal, (notice?: DeclineNotice) => {
      this.#declined = `declined by ${senderAndReason(notice)}`;
      this.#lookAgain = true;
      record.note(this.#declined);
    });
    setHandler(peeringObservedSignal, () => {
      this.#lookAgain = true;
    });
  }

  /** Why the customer declined, once it said so. */
  get declined(): string | null {
    return this.#declined;
  }

  /** Waits for a reason to look, at most so long (ms). */
  async somethingToLookAt(withinMs: number, summary: string): Promise<void> {
    await condition(() => this.#lookAgain, withinMs, { summary });
  }

  /** Called right before AWS is asked: whoever speaks from here on is heard by the next look. */
  startLooking(): { claimed: boolean } {
    const claimed = this.#claims > 0;
    this.#lookAgain = false;
    this.#claims = 0;
    return { claimed };
  }
}

/** Signals come from any SDK: their payload is data of unknown shape, shown shortened and escaped. */
export function senderAndReason(payload: unknown): string {
  const reason = textIn(payload, 'reason');
  return reason === null ? senderOf(payload) : `${senderOf(payload)}: ${quoted(reason)}`;
}

export function senderOf(payload: unknown): string {
  const by = textIn(payload, 'by');
  return by === null ? 'someone' : quoted(by);
}

function textIn(payload: unknown, key: 'by' | 'reason'): string | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const value: unknown = Reflect.get(payload, key);
  return typeof value === 'string' && value !== '' ? value : null;
}
