import { setTimeout as delay } from 'node:timers/promises';
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
  type Client,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { changeAccessUpdate, type AccessChange } from '../contract/messages.js';
import { connectionName, type ConnectionKey } from '../contract/names.js';
import type { PeeringStatus } from '../contract/status.js';
import { CausewayError } from './causeway-error.js';
import { noWorker, workflowError } from './errors.js';
import { livingConnection } from './executions.js';

/** The whole change: some twenty calls to AWS, behind changes that came before. */
export const CHANGE_WITHIN_MS = 600_000;
/** A worker that is there takes or refuses a change at once. */
const TAKEN_WITHIN_MS = 15_000;
const REFUSED_WITHIN_MS = 100;

/**
 * Hands the change in, and does not wait for its end, which the status tells.
 *
 * @throws CausewayError by the code of the failure table that the change was refused with
 */
export async function startChange(temporal: Client, key: ConnectionKey, change: AccessChange): Promise<void> {
  const workflowId = await livingConnection(temporal, key);
  try {
    const taken = await takenChange(temporal, { workflowId, connection: connectionName(key), change });
    // One that was refused has its outcome with it; to wait a moment for it costs less than another question.
    const outcome = taken.result();
    outcome.catch(() => undefined);
    await Promise.race([outcome, delay(REFUSED_WITHIN_MS)]);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refusal(error);
    throw error;
  }
}

/** @throws CausewayError by the code of the failure table that the change was refused with, or failed with */
export async function changeAccess(
  temporal: Client,
  key: ConnectionKey,
  change: AccessChange,
): Promise<PeeringStatus> {
  const connection = connectionName(key);
  const workflowId = await livingConnection(temporal, key);
  try {
    const taken = await takenChange(temporal, { workflowId, connection, change });
    return await taken.result();
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refusal(error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      const next = 'see that a worker runs; `causeway status` shows how it goes';
      throw new CausewayError(
        'NoWorker',
        `the change of ${connection} was taken and has not ended; ${next}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

/** What is said of an invalid request is not true of a change: the connection was there before, and stays. */
function refusal(error: WorkflowUpdateFailedError): Error {
  const known = workflowError(error.cause);
  if (known?.code !== 'InvalidRequest') return known ?? error;
  const message = `${error.cause?.message ?? ''}; correct it and try again, the connection stays as it is`;
  return new CausewayError('InvalidRequest', message, { cause: error });
}

/** Temporal has it from here on, whatever becomes of whoever asked. */
async function takenChange(
  temporal: Client,
  { workflowId, connection, change }: { workflowId: string; connection: string; change: AccessChange },
): Promise<WorkflowUpdateHandle<PeeringStatus>> {
  try {
    return await temporal.withDeadline(Date.now() + TAKEN_WITHIN_MS, () =>
      temporal.workflow.getHandle(workflowId).startUpdate(changeAccessUpdate, {
        args: [change],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw noWorker(`the change of ${connection}`, error);
    throw error;
  }
}
