import {
  isGrpcDeadlineError,
  ScheduleNotFoundError,
  WorkflowFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { TimeoutFailure, WorkflowNotFoundError } from '@temporalio/common';
import { manualSweepWorkflowId, sweepScheduleId, WORKFLOW } from '../contract/names.js';
import { sweepReportIn, type SweepOrder, type SweepReport } from '../contract/sweep.js';
import { CausewayError } from './causeway-error.js';
import { noWorker, workflowError } from './errors.js';

/** How long a caller waits for one sweep's end; the sweep itself goes on. */
const RESULT_WITHIN_MS = 600_000;

/** A sweep without a worker must not begin to delete hours after its operator has left. */
const SWEEP_ENDS_WITHIN_MS = 3_600_000;
/** Temporal answers, and a worker takes a new workflow, within moments. */
const TAKEN_WITHIN_MS = 15_000;
/** Answered by the SDK itself, once a worker has taken the workflow. */
const TAKEN_QUERY = '__temporal_workflow_metadata';

interface SweepRequest {
  taskQueue: string;
  delete: boolean;
}

/**
 * Starts a sweep, or follows the one that is under way, and waits for its report.
 *
 * @throws CausewayError `NoWorker` when nobody takes it, `AwsUnavailable` when it takes too long; it then goes on by itself
 */
export async function runSweep(temporal: Client, request: SweepRequest): Promise<SweepReport> {
  const report = await sweepOnce(temporal, request);
  // One that was under way may have been ordered to report only.
  return request.delete && !report.deleting ? sweepOnce(temporal, request) : report;
}

async function sweepOnce(temporal: Client, request: SweepRequest): Promise<SweepReport> {
  const handle = await temporal.withDeadline(Date.now() + TAKEN_WITHIN_MS, () =>
    startSweep(temporal, request),
  );
  await untilTaken(temporal, handle);
  try {
    return await temporal.withDeadline(Date.now() + RESULT_WITHIN_MS, () => handle.result());
  } catch (error) {
    if (isGrpcDeadlineError(error)) throw stillSweeping(handle.workflowId, error);
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof TimeoutFailure) throw noWorker('the sweep', error);
    throw workflowError(error.cause) ?? error;
  }
}

async function startSweep(
  temporal: Client,
  { taskQueue, delete: deleting }: SweepRequest,
): Promise<WorkflowHandle<(order: SweepOrder) => Promise<SweepReport>>> {
  const order: SweepOrder = { delete: deleting, previous: await lastReport(temporal, taskQueue) };
  return temporal.workflow.start<(order: SweepOrder) => Promise<SweepReport>>(WORKFLOW.sweepOrphans, {
    workflowId: manualSweepWorkflowId(taskQueue),
    taskQueue,
    args: [order],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowExecutionTimeout: SWEEP_ENDS_WITHIN_MS,
    staticSummary: deleting ? 'Delete what nobody owns' : 'Report what nobody owns',
  });
}

function stillSweeping(workflowId: string, cause: unknown): CausewayError {
  const message = `the sweep has not ended within ${RESULT_WITHIN_MS / 60_000} minutes and goes on as ${workflowId}; look at it in the Temporal UI, or ask again with \`causeway sweep\``;
  return new CausewayError('AwsUnavailable', message, { cause });
}

/** What nobody takes is called off. */
async function untilTaken(temporal: Client, handle: WorkflowHandle): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + TAKEN_WITHIN_MS, () => handle.query(TAKEN_QUERY));
  } catch (error) {
    await handle.cancel().catch(ignoreEnded);
    throw noWorker('the sweep', error);
  }
}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}

/** Of the Schedule's last sweep or the last one by hand, whichever is newer. */
async function lastReport(temporal: Client, taskQueue: string): Promise<SweepReport | null> {
  const reports = await Promise.all([
    lastOfSchedule(temporal, sweepScheduleId(taskQueue)),
    reportOf(temporal, { workflowId: manualSweepWorkflowId(taskQueue) }),
  ]);
  const known = reports.filter((report) => report !== null);
  const [newest] = known.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (newest === undefined) return null;
  // Neither of the two chains of sweeps knows of the blocks that the other has yet to give back.
  return { ...newest, blocks: [...new Set(known.flatMap(({ blocks }) => blocks))] };
}

async function lastOfSchedule(temporal: Client, scheduleId: string): Promise<SweepReport | null> {
  try {
    const { info } = await temporal.schedule.getHandle(scheduleId).describe();
    for (const { action } of info.recentActions.toReversed()) {
      const { workflowId, firstExecutionRunId: runId } = action.workflow;
      const report = await reportOf(temporal, { workflowId, runId });
      if (report !== null) return report;
    }
    return null;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** Null while it runs, and where it has failed or is forgotten. */
async function reportOf(
  temporal: Client,
  { workflowId, runId }: { workflowId: string; runId?: string },
): Promise<SweepReport | null> {
  const handle = temporal.workflow.getHandle(workflowId, runId);
  try {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED' ? sweepReportIn(await handle.result()) : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
