import { QueryNotRegisteredError, WorkflowFailedError, type Client } from '@temporalio/client';
import { TimeoutFailure, WorkflowNotFoundError } from '@temporalio/common';
import { WORKFLOW } from '../contract/names.js';

/** Every workflow of the SDK answers it, so that none has to be made for this. */
const QUESTION = '__temporal_workflow_metadata';
/** The run that is asked ends at once, and nobody waits for it longer. */
const ENDS_WITHIN_MS = 30_000;

/**
 * Has a worker carry a workflow on, as all that people ask for needs it: one that only asks for work may be unable to do any.
 * The same run is asked each time, for as long as Temporal keeps it, and another is started when there is none to ask.
 *
 * @throws Error of Temporal's client when no worker answers within the deadline of the call
 */
export async function askWorker(temporal: Client, taskQueue: string): Promise<void> {
  const workflowId = `readiness/${taskQueue}`;
  try {
    await temporal.workflow.getHandle(workflowId).query(QUESTION);
  } catch (error) {
    // The latter: an earlier release made its history.
    if (!(error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)) throw error;
    await planNothing(temporal, { taskQueue, workflowId });
  }
}

/** A plan of nothing is refused, by a worker. */
async function planNothing(
  temporal: Client,
  { taskQueue, workflowId }: { taskQueue: string; workflowId: string },
): Promise<void> {
  try {
    await temporal.workflow.execute(WORKFLOW.planPeering, {
      taskQueue,
      workflowId,
      args: [null],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: ENDS_WITHIN_MS,
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || error.cause instanceof TimeoutFailure) throw error;
  }
}
