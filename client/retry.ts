import type { Client } from '@temporalio/client';
import { retrySignal, statusQuery } from '../contract/messages.js';
import { connectionName, type ConnectionKey } from '../contract/names.js';
import { CausewayError } from './causeway-error.js';
import { openExecution } from './executions.js';

/**
 * Makes what is parked try at once, instead of at its next turn; also while the connection is being released.
 *
 * @throws CausewayError `NotInState` when it is not parked, saying what it is
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function retry(temporal: Client, key: ConnectionKey, by: string): Promise<void> {
  const connection = connectionName(key);
  const workflowId = await openExecution(temporal, key);
  if (workflowId === null) {
    throw new CausewayError(
      'NotInState',
      `${connection} is over already; \`causeway status\` says how it ended`,
    );
  }
  const handle = temporal.workflow.getHandle(workflowId);
  const { state } = await handle.query(statusQuery);
  if (state !== 'parked') {
    throw new CausewayError(
      'NotInState',
      `${connection} is not parked, so there is nothing to try at once: it is ${state}`,
    );
  }
  await handle.signal(retrySignal, { by });
}
