import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { HOUR_MS, MINUTE_MS } from '../domain/durations.js';
import { FAILURES } from '../domain/failures.js';
import type { RunSettings } from '../domain/settings.js';
import { aws, awsWhileParked, type AwsActivities } from './activity-proxies.js';
import { causeOf } from './failure.js';
import type { PeeringRecord } from './peering-record.js';

/** When a step that AWS refuses is tried again: somebody has to look at it, and the history must last. */
const REFUSED_AGAIN_AFTER_MS = 10 * MINUTE_MS;
const REFUSED_AGAIN_AT_MOST_MS = 6 * HOUR_MS;

/** An order to try at once that comes sooner after the last one changes nothing: a flood of them must not flood AWS. */
const RETRY_AT_MOST_EVERY_MS = 10_000;

/** @param mayExist whether the step was tried before, so that what it creates may be there already */
type Step<T> = (activities: AwsActivities, mayExist: boolean) => Promise<T>;

/** Why a step no longer waits: its run's history is long, its customer declined, or there is something new to look at. */
export type BreakOffReason = 'history-long' | 'declined' | 'news';

/** A wait for something outside that was broken off. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';

  constructor(readonly reason: BreakOffReason) {
    super(`the wait was broken off: ${reason}`);
  }
}

/**
 * Runs the steps of one run on AWS; what waits for something outside is parked and said, not failed. Such a wait is an
 * activity's retries: to break it off, that activity is cancelled and awaited, and what it may have done is found by the
 * next try.
 */
export class ParkingLot {
  #every: string | undefined;
  #isRetryWanted = false;
  #retriedAt = 0;
  #breakOff: () => BreakOffReason | null = () => null;

  /** @param mayExist whether an earlier execution may have tried the first step already */
  constructor(
    private readonly record: PeeringRecord,
    private readonly mayExist = false,
  ) {}

  /** How often a parked step is tried again; to be told before the first step. */
  use({ acceptance }: RunSettings): void {
    this.#every = acceptance.observeEvery;
  }

  /** Asked while a step waits for something outside, and only then; the step ends with `BrokenOff`. */
  breakOffFor(reason: () => BreakOffReason | null): void {
    this.#breakOff = reason;
  }

  /** What waits for something outside is tried at once. */
  retry(): void {
    if (Date.now() - this.#retriedAt < RETRY_AT_MOST_EVERY_MS) return;
    this.#retriedAt = Date.now();
    this.#isRetryWanted = true;
  }

  /** Parks for quotas, permissions and lasting outages; what AWS refuses is thrown. */
  run<T>(step: Step<T>): Promise<T> {
    return this.#run(step, (error) => Promise.reject(error));
  }

  /**
   * For undoing and for keeping a living connection, which must not end half-way: also what AWS refuses parks, visibly,
   * until someone has mended it.
   */
  insist<T>(step: Step<T>): Promise<T> {
    let wait = REFUSED_AGAIN_AFTER_MS;
    return this.#run(step, async (error) => {
      if (isCancellation(error)) throw error;
      const cause = causeOf(error);
      this.record.park(cause.code, cause);
      await this.#waiting(() => sleep(wait, { summary: 'what was refused is tried again' }));
      wait = Math.min(2 * wait, REFUSED_AGAIN_AT_MOST_MS);
    });
  }

  async #run<T>(step: Step<T>, onRefusal: (error: Error) => Promise<void>): Promise<T> {
    let attempt = (mayExist: boolean): Promise<T | typeof TRY_NOW> => step(aws, mayExist);
    for (let { mayExist } = this; ; mayExist = true) {
      try {
        const result = await attempt(mayExist);
        if (result !== TRY_NOW) {
          this.record.unpark();
          return result;
        }
        attempt = (existing) => step(aws, existing);
      } catch (error) {
        if (error instanceof BrokenOff) throw error;
        const cause = causeOf(error);
        if (FAILURES[cause.code].disposition === 'give-up') {
          await onRefusal(error instanceof Error ? error : new Error(cause.message));
        } else {
          this.record.park(cause.code, cause);
          const activities = awsWhileParked(cause.code, this.#interval());
          attempt = (existing) => this.#waiting(() => step(activities, existing));
        }
      }
    }
  }

  /** Until the wait is over, someone wants it tried at once, or there is a reason to break it off. */
  async #waiting<T>(work: () => Promise<T>): Promise<T | typeof TRY_NOW> {
    this.#takeRetry();
    const scope = new CancellationScope();
    const watch = new CancellationScope();
    const watching = watch.run(async () => {
      await condition(() => this.#isRetryWanted || this.#breakOff() !== null);
      scope.cancel();
    });
    watching.catch(() => undefined);
    try {
      return await scope.run(work);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      const reason = this.#breakOff();
      if (reason !== null) throw new BrokenOff(reason);
      if (!this.#takeRetry()) throw error;
      return TRY_NOW;
    } finally {
      watch.cancel();
    }
  }

  #takeRetry(): boolean {
    const isWanted = this.#isRetryWanted;
    this.#isRetryWanted = false;
    return isWanted;
  }

  #interval(): string {
    if (this.#every === undefined) throw new TypeError('a step on AWS before the settings were read');
    return this.#every;
  }
}

/** The answer of a wait that is not waited for any longer. */
const TRY_NOW = Symbol('try now');
