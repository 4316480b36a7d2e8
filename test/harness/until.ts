import { setTimeout as delay } from 'node:timers/promises';
import { WAIT_MS } from './bounds.js';

const POLL_MS = 250;

/**
 * Asks again until there is an answer.
 *
 * @throws Error with the last error of asking, when there is none in time
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = WAIT_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  const begun = Date.now();
  let lastError: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await delay(pauseAfter(Date.now() - begun));
  }
  throw new Error(`not within ${(withinMs / 1_000).toString()} s: ${what}`, { cause: lastError });
}

/** What takes long is not asked for all the time: that would be most of the work. */
const pauseAfter = (waitedMs: number): number => Math.min(POLL_MS + waitedMs / 20, 1_000);
