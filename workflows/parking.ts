import { isCancellation, sleep } from '@temporalio/workflow';
import { HOUR_MS, MINUTE_MS } from '../domain/durations.js';
import { FAILURES } from '../domain/failures.js';
import { aws, awsWhileParked, type AwsActivities } from './activity-proxies.js';
import { causeOf } from './failure.js';
import type { PeeringRecord } from './peering-record.js';

/** When a step that AWS refuses is tried again: somebody has to look at it, and the history must last. */
const REFUSED_AGAIN_AFTER_MS = 10 * MINUTE_MS;
const REFUSED_AGAIN_AT_MOST_MS = 6 * HOUR_MS;

/** @param mayExist whether the step was tried before, so that what it creates may be there already */
type Step<T> = (activities: AwsActivities, mayExist: boolean) => Promise<T>;

/** Runs steps on AWS; what waits for something outside is parked and said, not failed. */
export class ParkingLot {
  constructor(
    private readonly record: PeeringRecord,
    /** How often a parked step is tried again. */
    private readonly every: string,
  ) {}

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
      await sleep(wait, { summary: 'what was refused is tried again' });
      wait = Math.min(2 * wait, REFUSED_AGAIN_AT_MOST_MS);
    });
  }

  async #run<T>(step: Step<T>, onRefusal: (error: Error) => Promise<void>): Promise<T> {
    let activities = aws;
    for (let mayExist = false; ; mayExist = true) {
      try {
        const result = await step(activities, mayExist);
        this.record.unpark();
        return result;
      } catch (error) {
        const cause = causeOf(error);
        if (FAILURES[cause.code].disposition === 'give-up') {
          await onRefusal(error instanceof Error ? error : new Error(cause.message));
        } else {
          this.record.park(cause.code, cause);
          activities = awsWhileParked(cause.code, this.every);
        }
      }
    }
  }
}
