import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { Context } from '@temporalio/activity';

const signalOfAttempt = new AsyncLocalStorage<AbortSignal>();

/** Temporal no longer waits for this attempt of an activity; whatever it still finds out is nobody's. */
class AbandonedAttempt extends Error {
  override readonly name = 'AbandonedAttempt';
}

/**
 * Runs one attempt of an activity. Once Temporal has given it up, another one may be under way elsewhere: from then on this
 * one sends nothing more to AWS, and what it has under way is cut. An attempt that is told to cancel is still awaited, and
 * goes on.
 */
export async function asAttempt<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { info, cancellationSignal } = context;
  const attempt = new AbortController();
  // Each call under way listens.
  setMaxListeners(0, attempt.signal);
  const abandon = (): void => {
    attempt.abort(new AbandonedAttempt(`${info.activityType} is no longer waited for`));
  };
  const onCancel = (): void => {
    const { timedOut = false, notFound = false } = context.cancellationDetails ?? {};
    if (timedOut || notFound) abandon();
  };
  const deadline = info.isLocal ? undefined : setTimeout(abandon, info.startToCloseTimeoutMs);
  cancellationSignal.addEventListener('abort', onCancel);
  try {
    return await signalOfAttempt.run(attempt.signal, work);
  } finally {
    clearTimeout(deadline);
    cancellationSignal.removeEventListener('abort', onCancel);
  }
}

/** Aborted once Temporal no longer waits for the activity that is running; never, where none is. */
export function awaitedSignal(): AbortSignal | undefined {
  return signalOfAttempt.getStore();
}
