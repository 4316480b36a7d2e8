import {
  ScheduleNotFoundError,
  WorkflowFailedError,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import { wellDone, wrong, type Finding } from './check.js';

/** A Schedule of the worker's: is it there, does it run, and how did its last run end? */
export async function checkSchedule(
  client: Client,
  { name, scheduleId }: { name: string; scheduleId: string },
): Promise<Finding> {
  let description: ScheduleDescription;
  try {
    description = await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    const next = 'Start a worker with this configuration: it creates its Schedules';
    return wrong(name, { detail: `there is no Schedule ${scheduleId}`, next });
  }
  if (description.state.paused) {
    return wrong(name, {
      detail: `${scheduleId} is paused`,
      next: `Run: temporal schedule toggle --schedule-id ${scheduleId} --unpause --reason "run again"`,
    });
  }
  return checkLastRun(client, { name, description });
}

/** Name of the check of the Schedule that has a region observed. */
export function scheduleCheckName(region: string): string {
  return `schedule ${region}`;
}

/** Name of the check of the Schedule that looks for resources without an owner. */
export const SWEEP_CHECK_NAME = 'schedule sweep';

async function checkLastRun(
  client: Client,
  { name, description }: { name: string; description: ScheduleDescription },
): Promise<Finding> {
  const last = description.info.recentActions.at(-1);
  if (last === undefined) return wellDone(name, 'has not run yet');
  const { workflowId, firstExecutionRunId } = last.action.workflow;
  const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
  const { status } = await handle.describe();
  const at = last.takenAt.toISOString();
  if (status.name === 'COMPLETED') return wellDone(name, `last run at ${at}, completed`);
  if (status.name === 'RUNNING') return wellDone(name, `runs since ${at}`);
  return wrong(name, {
    detail: `last run at ${at}, ${status.name.toLowerCase()}${await reasonOf(handle)}`,
    next: `Look at ${workflowId} in the Temporal UI, and at the checks of AWS below`,
  });
}

/** The innermost message, which is the one that names the cause. */
async function reasonOf(handle: { result(): Promise<unknown> }): Promise<string> {
  try {
    await handle.result();
    return '';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: unknown = error.cause;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return cause instanceof Error ? `: ${cause.message}` : '';
  }
}
