import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import {
  changeAccessUpdate,
  closeSignal,
  peeringObservedSignal,
  type AccessChange,
  type CloseOrder,
} from '../contract/messages.js';
import type { PeeringStatus } from '../contract/status.js';
import { quoted } from '../domain/quoting.js';
import { mostEntriesOf } from '../domain/plan.js';
import { parseAccessChange } from '../domain/request/access-change.js';
import { describeProblems, type PeeringRequest } from '../domain/request.js';
import { ending } from './failure.js';
import { isHistoryLong } from './history-bound.js';
import { LookPace } from './look-pace.js';
import { BrokenOff, type BreakOffReason, type ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import { takeRetryOrders } from './retry-orders.js';
import { senderAndReason } from './senders.js';
import type { RequestedPeering } from './stages.js';

interface ChangeOrder {
  change: AccessChange;
  settle: { done: (status: PeeringStatus) => void; failed: (error: unknown) => void };
}

/** More than anyone has a use for at once; each waits for those before it. */
const MOST_CHANGES_WAITING = 10;

/** What was asked and is not done yet, for the next execution. */
export interface CarriedOrders {
  /** Why the connection is to be closed. */
  closing: string | null;
  lookAgain: boolean;
  /** When a message last made it look at AWS, ms since the epoch; 0 for never. */
  lookedAt: number;
}

/**
 * What others ask of a living connection. One thing is done after another: changes in their order, then a look at AWS; an
 * order to close interrupts either, because everything is released anyway.
 */
export class OrderDesk {
  #closing: string | null;
  #lookAgain: boolean;
  #isLooking = false;
  readonly #pace: LookPace;
  readonly #changes: ChangeOrder[] = [];
  #work = new CancellationScope();

  /** @param current the connection as it is now */
  constructor(
    private readonly record: PeeringRecord,
    private readonly current: () => RequestedPeering,
    { parking, carried }: { parking: ParkingLot; carried: CarriedOrders | undefined },
  ) {
    this.#closing = carried?.closing ?? null;
    this.#lookAgain = carried?.lookAgain ?? false;
    this.#pace = new LookPace(carried?.lookedAt ?? 0);
    parking.breakOffFor(() => this.#breakOffReason());
    setHandler(closeSignal, (order?: CloseOrder) => {
      if (this.#closing === null) this.close(`closed by ${senderAndReason(order)}`);
    });
    setHandler(peeringObservedSignal, () => {
      this.#lookAgain = true;
    });
    takeRetryOrders(this.record, parking);
    setHandler(changeAccessUpdate, (change) => this.#queue(change), {
      validator: (change: AccessChange) => {
        this.#refuse(change);
      },
    });
  }

  /** Why the connection is to be closed, once someone said so. */
  get closing(): string | null {
    return this.#closing;
  }

  isClosing(): boolean {
    return this.#closing !== null;
  }

  /** For the next execution; changes are done by then. */
  carried(): CarriedOrders {
    return { closing: this.#closing, lookAgain: this.#lookAgain, lookedAt: this.#pace.last };
  }

  close(why: string): void {
    this.#closing ??= why;
    for (const { settle } of this.#changes.splice(0)) settle.failed(ending('NotActive', why));
    this.#work.cancel();
  }

  /**
   * Waits for work, at most so long (ms), and for a look that a message asks for until it is due.
   *
   * @throws BrokenOff when the history is long, and nothing is to be done before
   */
  async untilWork(withinMs: number): Promise<void> {
    const hasOrders = (): boolean => this.isClosing() || this.#changes.length > 0;
    const isUrgent = (): boolean => hasOrders() || isHistoryLong();
    await condition(() => this.#lookAgain || isUrgent(), withinMs, { summary: 'keeps the connection' });
    if (hasOrders()) return;
    const isLookDue = this.#lookAgain && (await this.#pace.untilDue(this.current().settings, isUrgent));
    if (isHistoryLong() && !hasOrders() && !isLookDue) throw new BrokenOff('history-long');
  }

  nextChange(): ChangeOrder | undefined {
    return this.#changes.shift();
  }

  /** Whoever asked for the change hears how it went; the connection goes on either way. */
  async carryOut(
    { change, settle }: ChangeOrder,
    work: (wanted: { request: PeeringRequest; by: string }) => Promise<RequestedPeering>,
  ): Promise<RequestedPeering> {
    try {
      // Ranges and rules were valid when they were handed in; an earlier change may have made them clash since.
      const wanted = this.#parse(change);
      const changed = await this.#interruptible(() => work(wanted));
      settle.done(this.record.status);
      return changed;
    } catch (error) {
      const interrupted = isCancellation(error);
      settle.failed(interrupted ? ending('NotActive', this.#closing ?? 'the connection is closed') : error);
      if (interrupted) throw error;
      this.#lookAgain = true;
      return this.current();
    }
  }

  /**
   * Called right before AWS is asked: whoever speaks from here on is heard by the next look.
   *
   * @returns undefined where the work was parked, and AWS showed something new meanwhile
   */
  async look<T>(work: (why: { isNews: boolean }) => Promise<T>): Promise<T | undefined> {
    const isNews = this.#lookAgain;
    if (isNews) this.#pace.looked();
    this.#lookAgain = false;
    this.#isLooking = true;
    try {
      return await this.#interruptible(() => work({ isNews }));
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error;
      this.#lookAgain = true;
      if (error.reason === 'news') return undefined;
      throw error;
    } finally {
      this.#isLooking = false;
    }
  }

  /** What a repair waits for may be beside the point once AWS shows something new: the peering itself may be gone. */
  #breakOffReason(): BreakOffReason | null {
    if (isHistoryLong()) return 'history-long';
    return this.#isLooking && this.#lookAgain ? 'news' : null;
  }

  #interruptible<T>(work: () => Promise<T>): Promise<T> {
    this.#work = new CancellationScope();
    return this.#work.run(work);
  }

  #queue(change: AccessChange): Promise<PeeringStatus> {
    return new Promise((done, failed) => {
      this.#changes.push({ change, settle: { done, failed } });
    });
  }

  /** Before anything is written to the history; a change that waits for another one finds the connection configuring. */
  #refuse(change: AccessChange): void {
    const { state } = this.record;
    if (this.#closing !== null || (state !== 'active' && state !== 'configuring')) {
      throw ending('NotActive', this.#closing ?? `the connection is ${state}`);
    }
    if (this.#changes.length >= MOST_CHANGES_WAITING) {
      throw ending('NotActive', `${MOST_CHANGES_WAITING.toString()} changes are waiting already`);
    }
    if (isHistoryLong()) {
      throw ending('NotActive', 'the run goes on in its next execution within seconds; ask again');
    }
    this.#parse(change);
  }

  #parse(change: AccessChange): { request: PeeringRequest; by: string } {
    const { request, providerCidr, settings } = this.current();
    const parsed = parseAccessChange(change, {
      request,
      providerCidr,
      providerAccountId: settings.provider.accountId,
      providerRegions: settings.provider.regions,
      mostNetworkAclEntries: mostEntriesOf(settings),
    });
    if (!parsed.ok) throw ending('InvalidRequest', describeProblems(parsed.problems));
    return { request: parsed.request, by: parsed.by === null ? 'someone' : quoted(parsed.by) };
  }
}
