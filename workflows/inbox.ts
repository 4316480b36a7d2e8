import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import {
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
  remindSignal,
  type AcceptanceClaim,
  type DeclineNotice,
  type RemindOrder,
} from '../contract/messages.js';
import { quoted } from '../domain/quoting.js';
import { ending } from './failure.js';
import type { PeeringRecord } from './peering-record.js';

/**
 * What others say to a waiting run. A signal is never believed: it makes the run look at AWS, and however many come before
 * it has looked, it looks once.
 */
export class Inbox {
  #lookAgain = false;
  #claims = 0;
  #declined: string | null = null;
  #asking = new CancellationScope();

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
      if (record.state === 'parked') this.#asking.cancel();
    });
    setHandler(peeringObservedSignal, () => {
      this.#lookAgain = true;
    });
    setHandler(remindSignal, (order?: RemindOrder) => {
      if (record.state === 'awaiting-acceptance') record.remind(senderOf(order));
    });
  }

  /** Why the customer declined, once it said so. */
  get declined(): string | null {
    return this.#declined;
  }

  /**
   * For all that leads to a request: what it waits for, be it a quota, is not waited for once the customer has declined.
   *
   * @throws ApplicationFailure `PeeringDeclined`
   */
  async unlessDeclined<T>(asking: () => Promise<T>): Promise<T> {
    this.#asking = new CancellationScope();
    try {
      return await this.#asking.run(asking);
    } catch (error) {
      if (this.#declined !== null && isCancellation(error)) throw ending('PeeringDeclined', this.#declined);
      throw error;
    }
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
