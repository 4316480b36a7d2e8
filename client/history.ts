import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { earlierEndsQuery, statusQuery } from '../contract/messages.js';
import {
  connectionName,
  connectionOfWorkflowId,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  provisionWorkflowId,
  type ConnectionKey,
} from '../contract/names.js';
import { describeWorkflow } from './executions.js';
import type { HistoryLine } from './history/history-line.js';
import { readWorkflow } from './history/read-workflow.js';

export type { HistoryKind, HistoryLine } from './history/history-line.js';

/** Of more, only the newest are given, and the first line says so. */
const MAX_HISTORY_LINES = 5_000;

/**
 * Everything that Temporal still has of a connection's requests and of the connection itself, oldest first. Where it has
 * nothing any more, the kept status tells.
 *
 * @throws WorkflowNotFoundError when nothing is known of the connection
 */
export async function connectionHistory(
  temporal: Client,
  key: ConnectionKey,
  maxLines: number = MAX_HISTORY_LINES,
): Promise<HistoryLine[]> {
  const connection = connectionName(key);
  const workflowIds = [provisionWorkflowId(connection), maintainWorkflowId(connection)];
  // The ids go into a query: only such as a connection can have.
  if (workflowIds.some((workflowId) => connectionOfWorkflowId(workflowId) === null))
    throw new WorkflowNotFoundError('no such connection', provisionWorkflowId(connection), undefined);
  const read = await Promise.all(
    // One line more than is given, so that it is known whether something is left out.
    workflowIds.map((workflowId) => readWorkflow(temporal, workflowId, { maxLines: maxLines + 1 })),
  );
  // Sorting is stable: lines of one run stay in their order.
  const lines = read.flat().sort((a, b) => a.at.localeCompare(b.at));
  return lines.length === 0 ? linesOfRecord(temporal, connection) : newestOf(lines, maxLines);
}

function newestOf(lines: HistoryLine[], maxLines: number): HistoryLine[] {
  const [oldest, ...kept] = lines.slice(-maxLines);
  if (lines.length <= maxLines || oldest === undefined) return lines;
  const what = `what came before is not shown: there are more than ${maxLines} lines`;
  return [{ ...oldest, kind: 'gap', by: null, what, calls: [] }, ...kept];
}

/** The runs are forgotten: their last status was kept, and when they ended before. */
async function linesOfRecord(temporal: Client, connection: string): Promise<HistoryLine[]> {
  const workflowId = endedPeeringWorkflowId(connection);
  const record = await describeWorkflow(temporal, workflowId);
  if (record === null)
    throw new WorkflowNotFoundError('no such connection', provisionWorkflowId(connection), undefined);
  const handle = temporal.workflow.getHandle(workflowId, record.runId);
  const [status, earlier] = await Promise.all([handle.query(statusQuery), handle.query(earlierEndsQuery)]);
  const place = { by: null, calls: [], workflowId, runId: record.runId };
  return [
    ...earlier.map(({ at, state, runId }) => ({
      ...place,
      at,
      kind: 'ended' as const,
      what: `an earlier request or connection ended: ${state}`,
      runId,
    })),
    ...status.history.map(({ at, state, note, count }) => ({
      ...place,
      at,
      kind: 'noted' as const,
      what: `${state}: ${note}${count === undefined ? '' : ` (${count} times)`}`,
    })),
  ];
}
