import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { observeScheduleId, sweepScheduleId, WORKFLOW } from '../contract/names.js';
import type { SweepOrder } from '../contract/sweep.js';
import type { WorkerSettings } from '../domain/settings.js';

/** Missed looks are not made up for: one look sees all that has changed. */
const CATCH_UP_WINDOW = '1 minute';

interface ScheduleContext {
  settings: WorkerSettings;
  taskQueue: string;
}

/** Creates the Schedules of this provider, or brings those that exist in line with the configuration. */
export async function ensureSchedules(client: Client, context: ScheduleContext): Promise<void> {
  const observers = context.settings.provider.regions.map((region) => observeSchedule(region, context));
  await Promise.all([...observers, sweepSchedule(context)].map((options) => ensureSchedule(client, options)));
  await deleteObserversOfOtherRegions(client, context.settings);
}

function observeSchedule(region: string, { settings, taskQueue }: ScheduleContext): ScheduleOptions {
  const { accountId, deployment } = settings.provider;
  const scheduleId = observeScheduleId(accountId, region);
  return {
    scheduleId,
    spec: { intervals: [{ every: settings.acceptance.observeEvery }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_WINDOW },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.observePeerings,
      workflowId: scheduleId,
      taskQueue,
      args: [{ region, deployment }],
      staticSummary: `Peerings of ${accountId} in ${region}`,
    },
  };
}

function sweepSchedule({ settings, taskQueue }: ScheduleContext): ScheduleOptions {
  const scheduleId = sweepScheduleId(taskQueue);
  const order: SweepOrder = { delete: settings.maintenance.sweep === 'delete', previous: null };
  return {
    scheduleId,
    spec: { intervals: [{ every: settings.maintenance.sweepEvery }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_WINDOW },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.sweepOrphans,
      workflowId: scheduleId,
      taskQueue,
      args: [order],
      staticSummary: `What of ${settings.provider.deployment} in ${settings.provider.accountId} nobody owns`,
    },
  };
}

async function ensureSchedule(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { scheduleId, spec, policies, action } = options;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({ spec, action, state, ...(policies === undefined ? {} : { policies }) }));
  }
}

/** A region taken out of the configuration is looked at no more; another deployment's observers are not ours to end. */
async function deleteObserversOfOtherRegions(
  client: Client,
  { provider: { accountId, deployment, regions } }: WorkerSettings,
): Promise<void> {
  const wanted = new Set(regions.map((region) => observeScheduleId(accountId, region)));
  const prefix = observeScheduleId(accountId, '');
  for await (const { scheduleId } of client.schedule.list()) {
    if (!scheduleId.startsWith(prefix) || wanted.has(scheduleId)) continue;
    const schedule = client.schedule.getHandle(scheduleId);
    try {
      const { action } = await schedule.describe();
      if (deploymentIn(action.args?.[0]) === deployment) await schedule.delete();
    } catch (error) {
      // The list lags behind, and workers that start together delete together.
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}

function deploymentIn(order: unknown): unknown {
  return typeof order === 'object' && order !== null && 'deployment' in order ? order.deployment : undefined;
}
