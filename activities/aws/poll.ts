import { activityInfo, sleep } from '@temporalio/activity';
import { failure } from '../failure.js';

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
 * it yet. A first attempt looks once, unless the caller knows that there were attempts before.
 */
export function lookBeforeCreate<T>(
  ec2: Lagging,
  mayExist: boolean,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const inDoubt = mayExist || activityInfo().attempt > 1;
  return pollFor(ec2, inDoubt ? ec2.timing.settleMs : 0, probe);
}
