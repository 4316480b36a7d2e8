import { activityInfo, sleep } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

const POLL_EVERY_MS = 500;

/** How long AWS may take until a describe call shows what a write call did. */
const SETTLE_MS = 15_000;

export interface PollOptions {
  /** What is waited for, as an operator would say it. */
  what: string;
  withinMs?: number;
}

/**
 * Asks until `probe` gives something other than undefined.
 * @throws ApplicationFailure `NotYetConsistent`, which Temporal retries, when the time is over
 */
export async function pollUntil<T>(options: PollOptions, probe: () => Promise<T | undefined>): Promise<T> {
  const found = await pollFor(options.withinMs ?? SETTLE_MS, probe);
  if (found !== undefined) return found;
  throw ApplicationFailure.create({
    type: 'NotYetConsistent',
    message: `AWS does not show it yet: ${options.what}`,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Like `pollUntil`, with undefined where the time is over. */
export async function pollFor<T>(
  withinMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let waited = 0; ; waited += POLL_EVERY_MS) {
    const found = await probe();
    if (found !== undefined || waited >= withinMs) return found;
    await sleep(POLL_EVERY_MS);
  }
}

/**
 * How long to look for a resource before creating it: an earlier attempt whose reply was lost may have made it, and AWS
 * may not show it yet. A first attempt looks once.
 */
export function lookBeforeCreateMs(): number {
  return activityInfo().attempt > 1 ? SETTLE_MS : 0;
}
