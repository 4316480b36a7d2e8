import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { renewLinkUpdate } from '../contract/messages.js';
import { connectionName, type ConnectionKey } from '../contract/names.js';
import { CausewayError } from './causeway-error.js';
import { noWorker, workflowError } from './errors.js';
import { openExecution } from './executions.js';

/** A request that has just become a connection refuses, and the connection is there a moment later. */
const MOST_TRIES = 3;

/**
 * Revokes the customer's links and makes room for a new one, wherever the connection is kept.
 *
 * @returns the generation that the new link has to carry
 * @throws CausewayError `NotFound` when the connection is over
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function renewLink(temporal: Client, key: ConnectionKey, by: string): Promise<number> {
  const connection = connectionName(key);
  for (let tries = 1; ; tries += 1) {
    const workflowId = await keeperOf(temporal, key);
    try {
      return await temporal.workflow.getHandle(workflowId).executeUpdate(renewLinkUpdate, { args: [{ by }] });
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
        throw noWorker(`a link for ${connection}`, error);
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      const known = workflowError(error.cause);
      if (known?.code !== 'AlreadyConnected' || tries >= MOST_TRIES) throw known ?? error;
    }
  }
}

/** The execution that has the connection's status, and still runs. */
async function keeperOf(temporal: Client, key: ConnectionKey): Promise<string> {
  const workflowId = await openExecution(temporal, key);
  if (workflowId !== null) return workflowId;
  throw new CausewayError(
    'NotFound',
    `${connectionName(key)} is over, and a link would show nothing to act on`,
  );
}
