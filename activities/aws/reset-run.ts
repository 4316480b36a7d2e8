import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { connectionName, connectionOfWorkflowId, WRITTEN_FOR_HEADER } from '../../contract/names.js';
import { failure } from '../failure.js';
import { isMaintained } from '../open-workflows.js';

const connectionOfResetRun = new AsyncLocalStorage<string>();

/** Runs an activity so that `requireNoKeeper` knows whether it is for a run that was reset. */
export function knowingItsRun<T>({ info }: Context, headers: Headers, work: () => Promise<T>): Promise<T> {
  const { workflowId = '', runId } = info.workflowExecution ?? {};
  const writtenFor = headers[WRITTEN_FOR_HEADER];
  const key = connectionOfWorkflowId(workflowId);
  const isReset = writtenFor !== undefined && defaultPayloadConverter.fromPayload(writtenFor) !== runId;
  return isReset && key !== null ? connectionOfResetRun.run(connectionName(key), work) : work();
}

/**
 * To be asked before each call that changes something in AWS. A run that was reset goes by an old plan: where it had handed
 * the connection over, it would take away what was agreed since.
 *
 * @throws ApplicationFailure `AlreadyConnected`
 */
export async function requireNoKeeper(): Promise<void> {
  const connection = connectionOfResetRun.getStore();
  if (connection === undefined || !(await isMaintained(connection))) return;
  throw failure('AlreadyConnected', `${connection} is up; the run that was reset changes nothing of it`);
}
