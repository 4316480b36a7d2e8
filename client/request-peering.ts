import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import {
  connectionName,
  maintainWorkflowId,
  ONCE_MEMO,
  provisionWorkflowId,
  REQUESTED_BY_MEMO,
  WORKFLOW,
  type ConnectionKey,
} from '../contract/names.js';
import { isRegion } from '../domain/regions/regions.js';
import { ANY_PROVIDER, describeProblems, parseRequest } from '../domain/request.js';
import { CausewayError } from './causeway-error.js';
import { describeWorkflow, isRunning } from './executions.js';
import { firstOf } from './history/payloads.js';

/** A request as the worker gets it: as the caller wrote it, for the worker is the judge. */
export type WrittenRequest = Record<string, unknown> & ConnectionKey;

export interface StartedRequest {
  workflowId: string;
  /** The first execution's, where the run has continued as new. */
  runId: string;
  /** Whether the run was under way before: then it goes on as it was first requested. */
  wasUnderWay: boolean;
  /** Whether the run was started with the same request; null where Temporal has forgotten with which. */
  isAsRequested: boolean | null;
}

/** Who asks, for the record; kept in the run's memo. */
export interface RequestOrigin {
  by?: string;
  /** The caller's own mark of this one intent: the newest run with the same mark is found again, also when it is over. */
  once?: string;
}

interface Asked {
  request: WrittenRequest;
  taskQueue: string;
  origin: RequestOrigin;
  /** Has a worker plan the request. */
  plan: () => Promise<unknown>;
}

/**
 * Starts the request, or finds the run that is under way for the same connection.
 *
 * @throws CausewayError `InvalidRequest` before anything is started, naming every wrong field; `AlreadyConnected`
 */
export async function requestPeering(
  temporal: Client,
  { request, taskQueue, origin, plan }: Asked,
): Promise<StartedRequest> {
  requireValid(request);
  await requireKnownRegion(request, plan);
  const connection = connectionName(request);
  const workflowId = provisionWorkflowId(connection);
  const [earlier, living] = await Promise.all([
    describeWorkflow(temporal, workflowId),
    describeWorkflow(temporal, maintainWorkflowId(connection)),
  ]);
  const wasUnderWay = earlier !== null && isRunning(earlier);
  if (origin.once !== undefined && earlier?.memo?.[ONCE_MEMO] === origin.once) {
    const runId = earlier.raw.workflowExecutionInfo?.firstRunId || earlier.runId;
    const isAsRequested = await isRequestOf(temporal, { workflowId, runId }, request);
    return { workflowId, runId, wasUnderWay, isAsRequested };
  }
  if (!wasUnderWay && living !== null && isRunning(living)) {
    throw new CausewayError(
      'AlreadyConnected',
      `AlreadyConnected: ${connection} is up already, or just being taken down; \`causeway status\` shows which`,
    );
  }
  const handle = await temporal.workflow.start(WORKFLOW.provisionPeering, {
    workflowId,
    taskQueue,
    args: [request],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `Peering request of ${connection}`,
    memo: {
      ...(origin.by === undefined ? {} : { [REQUESTED_BY_MEMO]: origin.by }),
      ...(origin.once === undefined ? {} : { [ONCE_MEMO]: origin.once }),
    },
  });
  // The start answers with the execution it found, which need not be the first: one that waits may have continued as new.
  const { firstExecutionRunId: foundId } = handle;
  const found = await temporal.workflow.getHandle(workflowId, foundId).describe();
  const runId = found.raw.workflowExecutionInfo?.firstRunId || foundId;
  // Asked of the run itself: of two who start at the same time, only one is there first.
  const isAsRequested = await isRequestOf(temporal, { workflowId, runId }, request);
  return { workflowId, runId, wasUnderWay, isAsRequested };
}

function requireValid(request: unknown): void {
  const parsed = parseRequest(request, ANY_PROVIDER);
  if (parsed.ok) return;
  const message = `InvalidRequest: ${describeProblems(parsed.problems)}; correct it and request again`;
  throw new CausewayError('InvalidRequest', message);
}

/**
 * Which regions there are beside those of the table only the worker's configuration says: it is asked before anything is
 * started, so that a misspelt name is refused as everything else is. Where it cannot answer, the run is the judge.
 */
async function requireKnownRegion({ region }: WrittenRequest, plan: () => Promise<unknown>): Promise<void> {
  if (typeof region === 'string' && isRegion(region)) return;
  try {
    await plan();
  } catch (error) {
    if (error instanceof CausewayError && error.code === 'InvalidRequest') throw error;
  }
}

/** By what a request means: defaults may be left out or written. */
async function isRequestOf(
  temporal: Client,
  run: { workflowId: string; runId: string },
  request: unknown,
): Promise<boolean | null> {
  const started = await startOf(temporal, run);
  if (started === null) return null;
  const [before, now] = [parseRequest(started, ANY_PROVIDER), parseRequest(request, ANY_PROVIDER)];
  return before.ok && now.ok && isDeepStrictEqual(before.request, now.request);
}

/** What the first execution was started with: its successors carry on with an argument of their own. */
async function startOf(
  temporal: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<unknown> {
  const description = await describeWorkflow(temporal, workflowId);
  const firstRunId = description?.runId === runId ? description.raw.workflowExecutionInfo?.firstRunId : null;
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace: temporal.options.namespace,
    execution: { workflowId, runId: firstRunId || runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return firstOf(started?.input) ?? null;
}
