import { condition, setHandler } from '@temporalio/workflow';
import {
  customerAcceptedSignal,
  customerDeclinedSignal,
  peeringObservedSignal,
  remindSignal,
  type AcceptanceClaim,
  type DeclineNotice,
  type RemindOrder,
} from '../contract/messages.js';
import { MINUTE_MS } from '../domain/durations.js';
import type { RunSettings } from '../domain/settings.js';
import { isHistoryLong } from './history-bound.js';
import { LookPace } from './look-pace.js';
import { onceSoon } from './once-soon.js';
import type { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import { takeRetryOrders } from './retry-orders.js';
import { declineIn, senderOf } from './senders.js';
import { takeLeftOut } from './signal-floods.js';

/** People are not reminded more often than this, however often it is ordered. */
const REMIND_AT_MOST_EVERY_MS = MINUTE_MS;

/** What was said and is not acted on yet, for the next execution. */
export interface CarriedMessages {
  /** Whether somebody claims that the request is accepted. */
  claimed: boolean;
  /** Whether the region's observer saw something new. */
  observed: boolean;
  declined: string | null;
  /** What the customer's network uses, as it said when it declined; absent where it said nothing. */
  avoidCidrs?: string[];
  /** When a message last made the run look, and people were last reminded by order: ms since the epoch, 0 for never. */
  lookedAt: number;
  remindedAt: number;
}

/**
 * What others say to a waiting run. A signal is never believed: it makes the run look at AWS, and however many come before
 * it has looked, it looks once. Handlers only note; what follows is done once for all signals of an activation.
 */
export class Inbox {
  #observed: boolean;
  #claimed: boolean;
  #declined: string | null;
  #avoidCidrs: string[];
  #remindedAt: number;
  #newClaims = 0;
  #claimant = '';
  #isDeclineNew = false;
  /** Whether AWS has not been looked at since the customer declined. */
  #isDeclineDue: boolean;
  #reminder: string | null = null;
  readonly #pace: LookPace;
  readonly #takeInSoon = onceSoon(() => {
    this.#takeIn();
  });

  constructor(
    private readonly record: PeeringRecord,
    { parking, carried }: { parking: ParkingLot; carried?: CarriedMessages | undefined },
  ) {
    this.#claimed = carried?.claimed ?? false;
    this.#observed = carried?.observed ?? false;
    this.#pace = new LookPace(carried?.lookedAt ?? 0);
    this.#declined = carried?.declined ?? null;
    this.#isDeclineDue = this.#declined !== null;
    this.#avoidCidrs = carried?.avoidCidrs ?? [];
    this.#remindedAt = carried?.remindedAt ?? 0;
    setHandler(customerAcceptedSignal, (claim?: AcceptanceClaim) => {
      this.#claimed = true;
      this.#newClaims += 1;
      this.#claimant = senderOf(claim);
      this.#takeInSoon();
    });
    setHandler(customerDeclinedSignal, (notice?: DeclineNotice) => {
      const { text, avoidCidrs } = declineIn(notice);
      this.#declined = text;
      if (avoidCidrs.length > 0) this.#avoidCidrs = avoidCidrs;
      this.#isDeclineNew = true;
      this.#isDeclineDue = true;
      this.#takeInSoon();
    });
    setHandler(peeringObservedSignal, () => {
      this.#observed = true;
    });
    setHandler(remindSignal, (order?: RemindOrder) => {
      this.#reminder = senderOf(order);
      this.#takeInSoon();
    });
    takeRetryOrders(this.record, parking);
  }

  /** Why the customer declined, once it said so. */
  get declined(): string | null {
    return this.#declined;
  }

  /** What the customer's network uses, as it said when it declined. */
  get avoidCidrs(): readonly string[] {
    return this.#avoidCidrs;
  }

  /** For the next execution of the run. */
  carried(): CarriedMessages {
    return {
      claimed: this.#claimed,
      observed: this.#observed,
      declined: this.#declined,
      ...(this.#avoidCidrs.length === 0 ? {} : { avoidCidrs: this.#avoidCidrs }),
      lookedAt: this.#pace.last,
      remindedAt: this.#remindedAt,
    };
  }

  /**
   * Waits for a reason to look, at most so long (ms), and then until a message may make it look.
   *
   * @returns whether it is time to look; where it is not, the history is long
   */
  async somethingToLookAt(
    withinMs: number,
    { settings, summary }: { settings: RunSettings; summary: string },
  ): Promise<boolean> {
    const hasNews = (): boolean => this.#observed || this.#claimed;
    const isUrgent = (): boolean => this.#isDeclineDue || isHistoryLong();
    const isOver = await condition(() => hasNews() || isUrgent(), withinMs, { summary });
    if (!isOver || this.#isDeclineDue) return true;
    return hasNews() && (await this.#pace.untilDue(settings, isUrgent));
  }

  /** Called right before AWS is asked: whoever speaks from here on is heard by the next look. */
  startLooking(): { claimed: boolean } {
    const claimed = this.#claimed;
    if (claimed || this.#observed) this.#pace.looked();
    this.#observed = false;
    this.#claimed = false;
    this.#isDeclineDue = false;
    return { claimed };
  }

  #takeIn(): void {
    if (this.#newClaims > 0) {
      const times = this.#newClaims + takeLeftOut(customerAcceptedSignal.name);
      this.#newClaims = 0;
      this.record.note(`${this.#claimant} says the request is accepted; AWS is asked`, {
        topic: 'claim',
        times,
      });
    }
    if (this.#isDeclineNew && this.#declined !== null) {
      this.#isDeclineNew = false;
      this.record.note(this.#declined, { topic: 'decline' });
    }
    if (this.#reminder !== null) {
      this.#remind(this.#reminder);
      this.#reminder = null;
    }
  }

  #remind(by: string): void {
    const isTooSoon = Date.now() - this.#remindedAt < REMIND_AT_MOST_EVERY_MS;
    if (isTooSoon || this.record.state !== 'awaiting-acceptance') return;
    this.#remindedAt = Date.now();
    this.record.remind(by);
  }
}
