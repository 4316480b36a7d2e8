import type { Client } from '@temporalio/client';
import { remindSignal, statusQuery } from '../contract/messages.js';
import { connectionName, type ConnectionKey } from '../contract/names.js';
import { CausewayError } from './causeway-error.js';
import { requestUnderWay } from './executions.js';

/**
 * Tells people now what the request waits for, as the configured reminders do.
 *
 * @throws CausewayError `NotInState` when the customer is not waited for
 */
export async function remind(temporal: Client, key: ConnectionKey, by: string): Promise<void> {
  const handle = temporal.workflow.getHandle(await requestUnderWay(temporal, key));
  const { state } = await handle.query(statusQuery);
  if (state !== 'awaiting-acceptance') {
    throw new CausewayError(
      'NotInState',
      `${connectionName(key)} does not wait for its customer: it is ${state}`,
    );
  }
  await handle.signal(remindSignal, { by });
}
