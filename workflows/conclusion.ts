import { TemporalFailure } from '@temporalio/common';
import {
  CancelledFailure,
  condition,
  isCancellation,
  workflowInfo,
  type CancellationScope,
} from '@temporalio/workflow';
import { FAILURES, type FailureCode } from '../domain/failures.js';
import type { EndState } from '../domain/lifecycle.js';
import { temporal } from './activity-proxies.js';
import { causeOf, ending } from './failure.js';
import { keepEnd } from './keep-end.js';
import type { Run } from './stages.js';

/** How a run that does not become a connection ends. */
export type Conclusion = { kind: 'cancelled' } | { kind: 'failed'; code: FailureCode; message: string };

export const CANCELLED: Conclusion = { kind: 'cancelled' };

/** Ends with a name of their own. */
const END_STATES: Partial<Record<FailureCode, EndState>> = {
  PeeringDeclined: 'declined',
  PeeringExpired: 'expired',
  PeeringDisconnected: 'disconnected',
};

/**
 * @throws whatever is no end: a failure that some step did not wait for is a defect of this code, which fails the task and
 * leaves the run as it is
 */
export function conclusionOf(error: unknown): Conclusion {
  if (isCancellation(error)) return CANCELLED;
  if (!(error instanceof TemporalFailure)) throw error;
  const { code, message } = causeOf(error);
  if (FAILURES[code].disposition !== 'give-up') throw new TypeError(`${code} ends nothing: ${message}`);
  return { kind: 'failed', code, message };
}

/**
 * Undoes what was done, names the end, and gives the error that closes the run.
 *
 * @throws BrokenOff when the history is long; it is then gone through again
 */
export async function conclude(
  conclusion: Conclusion,
  { record, undo, root }: Run & { root: CancellationScope },
): Promise<Error> {
  if (undo.pending.length > 0) {
    const why = conclusion.kind === 'cancelled' ? 'cancelled' : `${conclusion.code}: ${conclusion.message}`;
    record.release(`${why}; releasing ${undo.pending.toReversed().join(', ')}`);
    await undo.run();
  }
  const { workflowId } = workflowInfo();
  if (conclusion.kind === 'failed') {
    const { code, message } = conclusion;
    record.end(END_STATES[code] ?? 'failed', `${FAILURES[code].summary} ${message}`, conclusion);
    await keepEnd(record);
    return ending(code, message);
  }
  record.end('cancelled', `cancelled; ${workflowId} is undone`, null);
  await keepEnd(record);
  await untilCancelled(root);
  return new CancelledFailure('the request was cancelled');
}

/** Temporal closes a run as cancelled only where that execution was told to be: an order is not carried over by continue-as-new. */
async function untilCancelled(root: CancellationScope): Promise<void> {
  if (root.consideredCancelled) return;
  const { workflowId } = workflowInfo();
  await temporal.cancelRun({ workflowId });
  await condition(() => root.consideredCancelled);
}
