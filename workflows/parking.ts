import { TemporalFailure } from '@temporalio/common';
import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { durationMs, MINUTE_MS, SECOND_MS } from '../domain/durations.js';
import { FAILURES, type FailureCode } from '../domain/failures.js';
import type { RunSettings } from '../domain/settings.js';
import { aws, awsWhileParked, type AwsActivities } from './activity-proxies.js';
import { causeOf } from './failure.js';
import type { PeeringRecord } from './peering-record.js';

/** However rarely AWS is looked at otherwise, a parked step is tried at least this often. */
const AT_LEAST_EVERY_MS = 10 * MINUTE_MS;

/** The part of the longest interval after which a parked step is first tried again; it doubles from there. */
const FIRST_PART = 4;

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
 * Runs the steps of one run on AWS. Whatever AWS answers, known or not, ends nothing: a step that does not get on is parked
 * and said, and tried at growing intervals. Only what AWS shows of the peering itself, people, and a request that was never
 * valid end a connection. Such a wait is an activity's retries: to break it off, that activity is cancelled and awaited, and
 * what it may have done is found by the next try.
 */
export class ParkingLot {
  #atMostMs: number | undefined;
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
    this.#atMostMs = Math.min(durationMs(acceptance.observeEvery), AT_LEAST_EVERY_MS);
  }

  /** Asked while a step waits for something outside, and only then; the step ends with `BrokenOff`. */
  breakOffFor(reason: () => BreakOffReason | null): void {
    this.#breakOff = reason;
  }

  /** What waits for something outside is tried at once. */
  retry(): void {
    if (this.record.status.parked === null || Date.now() - this.#retriedAt < RETRY_AT_MOST_EVERY_MS) return;
    this.#retriedAt = Date.now();
    this.#isRetryWanted = true;
  }

  /** @throws ApplicationFailure only with a code that is an end, or that whoever takes the step makes something of */
  async run<T>(step: Step<T>): Promise<T> {
    let attempt = (mayExist: boolean): Promise<T | typeof TRY_NOW> => step(aws, mayExist);
    let pauseMs = 0;
    for (let { mayExist } = this; ; mayExist = true) {
      try {
        const result = await attempt(mayExist);
        if (result !== TRY_NOW) {
          this.record.unpark();
          return result;
        }
        attempt = (existing) => step(aws, existing);
      } catch (error) {
        // Anything but a failure that Temporal carries is a defect of this code: it fails the task, and ends nothing.
        if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
        const cause = causeOf(error);
        if (FAILURES[cause.code].disposition === 'give-up') throw error;
        this.record.park(cause.code, cause);
        pauseMs = this.#nextPauseMs(pauseMs);
        const pause = pauseMs;
        attempt = (existing) => this.#waiting(() => this.#afterPause(step, { cause, pause, existing }));
      }
    }
  }

  /** Not at once again: causes that take turns would make AWS be asked without a pause. */
  async #afterPause<T>(
    step: Step<T>,
    { cause, pause, existing }: { cause: { code: FailureCode }; pause: number; existing: boolean },
  ): Promise<T> {
    await sleep(pause, { summary: 'tried again' });
    const next = { fromMs: this.#nextPauseMs(pause), atMostMs: this.#longestMs() };
    return step(awsWhileParked(cause.code, next), existing);
  }

  #nextPauseMs(before: number): number {
    const longest = this.#longestMs();
    const first = Math.max(SECOND_MS, longest / FIRST_PART);
    return Math.min(longest, before === 0 ? first : 2 * before);
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

  #longestMs(): number {
    if (this.#atMostMs === undefined) throw new TypeError('a step on AWS before the settings were read');
    return this.#atMostMs;
  }
}

/** The answer of a wait that is not waited for any longer. */
const TRY_NOW = Symbol('try now');
