import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { statusQuery } from '../contract/messages.js';
import {
  connectionName,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  provisionWorkflowId,
  type ConnectionKey,
} from '../contract/names.js';
import { STATE_ATTRIBUTE } from '../contract/search-attributes.js';
import { END_STATES } from '../domain/lifecycle.js';
import { CausewayError } from './causeway-error.js';

/** The execution with that id that is open, or else the newest that Temporal still has. */
export async function describeWorkflow(
  temporal: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await temporal.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * Where the status of a connection is asked: the living connection, or else the request under way, or else whichever ended
 * last, or else the record that is kept when Temporal has forgotten that.
 *
 * @throws WorkflowNotFoundError when there is none of these
 */
export async function latestExecution(
  temporal: Client,
  key: ConnectionKey,
): Promise<{ workflowId: string; runId: string }> {
  const connection = connectionName(key);
  const [living, request] = await Promise.all([
    describeWorkflow(temporal, maintainWorkflowId(connection)),
    describeWorkflow(temporal, provisionWorkflowId(connection)),
  ]);
  const known = [living, request].filter((described) => described !== null);
  const running = known.find(isRunning);
  if (running !== undefined) return running;
  const [closed] = known.sort((a, b) => endedAt(b) - endedAt(a));
  if (closed !== undefined && isEnd(closed)) return closed;
  const chosen = (await recordInstead(temporal, { connection, closed })) ?? closed;
  if (chosen === undefined)
    throw new WorkflowNotFoundError('no such connection', provisionWorkflowId(connection), undefined);
  return chosen;
}

/**
 * The workflow of a connection that is up.
 *
 * @throws CausewayError `NotInState`, saying what there is instead
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function livingConnection(temporal: Client, key: ConnectionKey): Promise<string> {
  const connection = connectionName(key);
  const living = await describeWorkflow(temporal, maintainWorkflowId(connection));
  if (living !== null && isRunning(living)) return living.workflowId;
  const request = await describeWorkflow(temporal, provisionWorkflowId(connection));
  if (request !== null && isRunning(request)) {
    throw new CausewayError(
      'NotInState',
      `${connection} is not up yet; \`causeway cancel\` ends its request`,
    );
  }
  if (living === null && request === null) await requireRecord(temporal, key);
  throw new CausewayError(
    'NotInState',
    `${connection} is over already; \`causeway status\` says how it ended`,
  );
}

/**
 * The workflow of a request that is under way.
 *
 * @throws CausewayError `NotInState` or `AlreadyConnected`, saying what there is instead
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function requestUnderWay(temporal: Client, key: ConnectionKey): Promise<string> {
  const connection = connectionName(key);
  const request = await describeWorkflow(temporal, provisionWorkflowId(connection));
  if (request !== null && isRunning(request)) return request.workflowId;
  const living = await describeWorkflow(temporal, maintainWorkflowId(connection));
  if (living !== null && isRunning(living)) {
    throw new CausewayError(
      'AlreadyConnected',
      `${connection} is up already; \`causeway close\` takes it down`,
    );
  }
  if (living === null && request === null) await requireRecord(temporal, key);
  throw new CausewayError(
    'NotInState',
    `the request of ${connection} is over; \`causeway status\` says how it ended`,
  );
}

/**
 * The workflow of the connection that is open, also while it releases; null when the connection is over.
 *
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function openExecution(temporal: Client, key: ConnectionKey): Promise<string | null> {
  const connection = connectionName(key);
  // The request first: it is open until the connection that it becomes is there.
  const request = await describeWorkflow(temporal, provisionWorkflowId(connection));
  const living = await describeWorkflow(temporal, maintainWorkflowId(connection));
  const open = [living, request].find((described) => described !== null && isRunning(described));
  if (living === null && request === null) await requireRecord(temporal, key);
  return open?.workflowId ?? null;
}

export function isRunning({ status }: Pick<WorkflowExecutionDescription, 'status'>): boolean {
  return status.name === 'RUNNING';
}

/** Nothing is left of the runs themselves: then only the record can say that there was such a connection. */
async function requireRecord(temporal: Client, key: ConnectionKey): Promise<void> {
  const recordId = endedPeeringWorkflowId(connectionName(key));
  if ((await describeWorkflow(temporal, recordId)) === null)
    throw new WorkflowNotFoundError('no such connection', recordId, undefined);
}

/**
 * A closed run that is no end by itself is a request that became a connection, whose own run Temporal has forgotten, or one
 * that somebody terminated: the record tells of the former, and is older than the latter.
 */
async function recordInstead(
  temporal: Client,
  { connection, closed }: { connection: string; closed: WorkflowExecutionDescription | undefined },
): Promise<{ workflowId: string; runId: string } | null> {
  const record = await describeWorkflow(temporal, endedPeeringWorkflowId(connection));
  if (record === null || closed === undefined) return record;
  const { since } = await temporal.workflow.getHandle(record.workflowId, record.runId).query(statusQuery);
  return Date.parse(since) >= endedAt(closed) ? record : null;
}

/** By their ends: a second request that was refused while the connection was up began later, and ended earlier. */
function endedAt({ closeTime, startTime }: WorkflowExecutionDescription): number {
  return (closeTime ?? startTime).getTime();
}

function isEnd({ typedSearchAttributes }: WorkflowExecutionDescription): boolean {
  const state = typedSearchAttributes.get(STATE_ATTRIBUTE);
  return END_STATES.some((end) => end === state);
}
