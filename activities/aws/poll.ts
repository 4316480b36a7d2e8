import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { failure } from '../failure.js';
import { AwsCallError } from './call-error.js';

/** How AWS lags behind itself, in milliseconds. A test's AWS may be quicker. */
export interface Timing {
  /** Between two looks. */
  pollEveryMs: number;
  /** How long AWS may take until a describe call shows what a write call did. */
  settleMs: number;
  /** After which a second look tells what lasts from what only lagged behind. */
  secondLookMs: number;
}

export const AWS_TIMING: Timing = { pollEveryMs: 500, settleMs: 15_000, secondLookMs: 3_000 };

/** An AWS to look at, such as an `Ec2`. */
interface Lagging {
  timing: Timing;
}

/**
 * Asks until `probe` gives something other than undefined, as long as AWS may take to show it.
 * @param what what is waited for, as an operator would say it
 * @throws ApplicationFailure `NotYetConsistent`, which Temporal retries, when the time is over
 */
export async function pollUntil<T>(
  { timing }: Lagging,
  what: string,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const found = await pollFor({ timing }, timing.settleMs, probe);
  if (found !== undefined) return found;
  throw failure('NotYetConsistent', `AWS does not show it yet: ${what}`, { waitsFor: what });
}

/** Like `pollUntil`, with undefined where the time is over; at 0 ms it looks once. */
export async function pollFor<T>(
  { timing }: Lagging,
  withinMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let waited = 0; ; waited += timing.pollEveryMs) {
    const found = await probe();
    if (found !== undefined || waited >= withinMs) return found;
    await sleep(timing.pollEveryMs);
  }
}

/**
 * Looks for a resource before it is created: an earlier attempt whose reply was lost may have made it, and AWS may not show
 * it yet. A first attempt looks once, unless the caller knows that there were attempts before; so does one that follows a
 * refusal told by `tellingRefusal`.
 */
export function lookBeforeCreate<T>(
  ec2: Lagging,
  mayExist: boolean,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const inDoubt = (mayExist || activityInfo().attempt > 1) && !wasRefusedBefore();
  return pollFor(ec2, inDoubt ? ec2.timing.settleMs : 0, probe);
}

/**
 * The one call that creates what `lookBeforeCreate` found missing. Where AWS refuses it, the next attempt of the activity is told, by the
 * heartbeat that goes with the failure: up to this one nothing was made, for the look before had nothing, and neither has this call.
 */
export async function tellingRefusal<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof AwsCallError && error.isRefusal) {
      const { attempt } = activityInfo();
      heartbeat({ nothingMadeUpTo: attempt } satisfies Refused);
    }
    throw error;
  }
}

/** What a refused attempt tells the next one. */
interface Refused {
  nothingMadeUpTo: number;
}

/** By its number, so that what an attempt in between did, which died before it could tell, is not overlooked. */
function wasRefusedBefore(): boolean {
  const info = activityInfo();
  const told: unknown = info.heartbeatDetails;
  return (
    typeof told === 'object' &&
    told !== null &&
    'nothingMadeUpTo' in told &&
    told.nothingMadeUpTo === info.attempt - 1
  );
}
