import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import { FAILURES, FAILURE_CODES, type FailureCode } from '../domain/failures.js';

/** Tells within seconds that a worker died: activities heartbeat from a timer. */
const HEARTBEAT: Pick<ActivityOptions, 'heartbeatTimeout'> = { heartbeatTimeout: '5 seconds' };

/**
 * An activity under way is always awaited, also by a cancelled run: what it still creates must be there before the release
 * looks for it.
 */
const AWAITED = {
  ...HEARTBEAT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} satisfies ActivityOptions;

/** Long enough for every wait inside an activity (15 s each for a few reads), short enough to notice a hanging one. */
const STEP_TIMEOUT = '3 minutes';

/** After some two minutes of trying, a run says what it waits for instead of trying in silence. */
const ATTEMPTS_BEFORE_PARKING = 10;

/** What repeating at once would not mend: it waits for someone, or is the end. */
const WITHOUT_RETRY = FAILURE_CODES.filter((code) => FAILURES[code].disposition !== 'retry');

/** A run's step on AWS: passing troubles are retried; a quota or a missing permission is reported at once. */
export const AWS_STEP: ActivityOptions = {
  ...AWAITED,
  startToCloseTimeout: STEP_TIMEOUT,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.7,
    maximumInterval: '30 seconds',
    maximumAttempts: ATTEMPTS_BEFORE_PARKING,
    nonRetryableErrorTypes: WITHOUT_RETRY,
  },
};

/** Between two attempts; the first, and what it grows to. */
export interface Intervals {
  fromMs: number;
  atMostMs: number;
}

/**
 * A parked run's step: Temporal repeats the one failure it is parked for, without end and without a line of history, until
 * the cause has gone; any other failure is reported.
 */
export function parkedStep(cause: FailureCode, { fromMs, atMostMs }: Intervals): ActivityOptions {
  const isWaitedFor = (code: FailureCode): boolean =>
    code === cause || (FAILURES[cause].disposition === 'retry' && FAILURES[code].disposition === 'retry');
  return {
    ...AWAITED,
    startToCloseTimeout: STEP_TIMEOUT,
    retry: {
      initialInterval: fromMs,
      backoffCoefficient: 2,
      maximumInterval: atMostMs,
      nonRetryableErrorTypes: FAILURE_CODES.filter((code) => !isWaitedFor(code)),
    },
  };
}

/** A question to another workflow: Temporal is there, or nothing of this runs. */
export const QUESTION_TO_TEMPORAL: ActivityOptions = {
  ...AWAITED,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '15 seconds' },
};

/** Someone sits and waits for the answer of a pool, and asks again when it does not come. */
export const WHILE_SOMEONE_WAITS: ActivityOptions = {
  ...HEARTBEAT,
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3, nonRetryableErrorTypes: WITHOUT_RETRY },
};

/** Someone sits and waits for what AWS shows of the provider. */
export const CHECK_OF_THE_PROVIDER: ActivityOptions = {
  ...HEARTBEAT,
  startToCloseTimeout: '12 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 2 },
};

/** A look at a region that is not repeated for long: the next one of the Schedule sees all that this one missed. */
export const REGULAR_LOOK: ActivityOptions = {
  ...HEARTBEAT,
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '2 seconds', maximumAttempts: 3, nonRetryableErrorTypes: WITHOUT_RETRY },
};

/** A deletion that nobody waits for: what does not succeed is held, and the next sweep tries it again. */
export const SWEEPING: ActivityOptions = {
  ...HEARTBEAT,
  startToCloseTimeout: STEP_TIMEOUT,
  retry: { initialInterval: '2 seconds', maximumAttempts: 3, nonRetryableErrorTypes: WITHOUT_RETRY },
};

/** A repair of what pools hold; what does not succeed is reported. */
export const MENDING: ActivityOptions = {
  ...HEARTBEAT,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 5, nonRetryableErrorTypes: WITHOUT_RETRY },
};

/** A receiver that is down over a weekend still gets its messages; after that they are of no use to anybody. */
export const DELIVERY: ActivityOptions = {
  ...HEARTBEAT,
  scheduleToCloseTimeout: '3 days',
  // The post itself is cut off after 10 s.
  startToCloseTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
};
