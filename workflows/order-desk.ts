import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import {
  changeAccessUpdate,
  closeSignal,
  peeringObservedSignal,
  type AccessChange,
  type CloseOrder,
} from '../contract/messages.js';
import type { PeeringStatus } from '../contract/status.js';
import { quoted } from '../domain/quoting.js';
import { parseAccessChange } from '../domain/request/access-change.js';
import { describeProblems, type PeeringRequest } from '../domain/request.js';
import { ending } from './failure.js';
import { senderAndReason } from './inbox.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

interface ChangeOrder {
  change: AccessChange;
  settle: { done: (status: PeeringStatus) => void; failed: (error: unknown) => void };
}

/** More than anyone has a use for at once; each waits for those before it. */
const MOST_CHANGES_WAITING = 10;

/**
 * What others ask of a living connection. One thing is done after another: changes in their order, then a look at AWS; an
 * order to close interrupts either, because everything is released anyway.
 */
export class OrderDesk {
  #closing: string | null = null;
  #lookAgain = false;
  #interruptions = 0;
  readonly #changes: ChangeOrder[] = [];
  #work = new CancellationScope();

  /** @param current the connection as it is now */
  constructor(
    private readonly record: PeeringRecord,
    private readonly current: () => RequestedPeering,
  ) {
    setHandler(closeSignal, (order?: CloseOrder) => {
      this.close(`closed by ${senderAndReason(order)}`);
    });
    setHandler(peeringObservedSignal, () => {
      this.#lookAgain = true;
      // What a repair waits for may be beside the point by now: the peering itself may be gone.
      if (this.record.state === 'parked') this.#interrupt();
    });
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

  get hasWork(): boolean {
    return this.isClosing() || this.#lookAgain || this.#changes.length > 0;
  }

  close(why: string): void {
    this.#closing ??= why;
    for (const { settle } of this.#changes.splice(0)) settle.failed(ending('NotActive', why));
    this.#work.cancel();
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
  async look<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#lookAgain = false;
    const before = this.#interruptions;
    try {
      return await this.#interruptible(work);
    } catch (error) {
      const isInterrupted = this.#interruptions > before && !this.isClosing();
      if (isInterrupted && isCancellation(error)) return undefined;
      throw error;
    }
  }

  #interrupt(): void {
    this.#interruptions += 1;
    this.#work.cancel();
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
    this.#parse(change);
  }

  #parse(change: AccessChange): { request: PeeringRequest; by: string } {
    const { request, providerCidr, settings } = this.current();
    const parsed = parseAccessChange(change, {
      request,
      providerCidr,
      providerAccountId: settings.provider.accountId,
      providerRegions: settings.provider.regions,
    });
    if (!parsed.ok) throw ending('InvalidRequest', describeProblems(parsed.problems));
    return { request: parsed.request, by: parsed.by === null ? 'someone' : quoted(parsed.by) };
  }
}
