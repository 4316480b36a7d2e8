import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PeeringStatus } from '../contract/status.js';
import { isEndState } from '../domain/lifecycle.js';
import { CausewayError } from './causeway-error.js';

export interface WatchOptions {
  /** Ends the watching, without an error. */
  signal?: AbortSignal;
  /** How soon to ask again after a change, in ms; 500 unless told. */
  shortestMs?: number;
  /** How long between two questions at most, in ms; 10,000 unless told. */
  longestMs?: number;
  /** How long nobody may answer before the watching gives up, in ms; five minutes unless told. */
  silentForMs?: number;
}

/** How much longer each pause is than the one before, while nothing changes. */
const GROWTH = 1.5;
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;
/** A worker that restarts is back within a minute; one that is gone for longer needs someone. */
const SILENT_FOR_MS = 300_000;

/**
 * The status now, and then each time that it has changed; ends after the status of an end, or when told to.
 *
 * It asks again and again, because Temporal pushes nothing: a query is answered at once, and an update that waits for a
 * change would be written to the history of a connection that may live for years. So the pause grows while nothing
 * happens, and a change is seen within `longestMs`. What comes and goes between two questions is not seen; the history in
 * the status has it.
 *
 * @param ask for the status
 * @throws whatever `ask` throws; `NoWorker` and `Unreachable` only once they have lasted for `silentForMs`
 */
export async function* watchStatus(
  ask: () => Promise<PeeringStatus>,
  options: WatchOptions = {},
): AsyncGenerator<PeeringStatus, void, void> {
  const { signal, shortestMs = SHORTEST_MS, longestMs = LONGEST_MS, silentForMs = SILENT_FOR_MS } = options;
  let seen: PeeringStatus | null = null;
  let pause = shortestMs;
  let answered = Date.now();
  while (!isAborted(signal)) {
    try {
      const status = await ask();
      answered = Date.now();
      if (isAborted(signal)) return;
      if (!isDeepStrictEqual(status, seen)) {
        pause = shortestMs;
        seen = status;
        yield status;
        if (isEndState(status.state)) return;
      }
    } catch (error) {
      if (!isSilence(error) || Date.now() - answered >= silentForMs) throw error;
    }
    await pauseFor(pause, signal);
    pause = Math.min(pause * GROWTH, longestMs);
  }
}

/** Whoever waits for days outlives restarts of worker and server. */
function isSilence(error: unknown): boolean {
  return error instanceof CausewayError && (error.code === 'NoWorker' || error.code === 'Unreachable');
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!isAborted(signal)) throw error;
  }
}
