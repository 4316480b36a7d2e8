import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { observeScheduleId, WORKFLOW } from '../contract/names.js';
import type { WorkerSettings } from '../domain/settings.js';

/** Missed looks are not made up for: one look sees all that has changed. */
const CATCH_UP_WINDOW = '1 minute';

/** Creates the Schedules of this provider, or brings those that exist in line with the configuration. */
export async function ensureSchedules(
  client: Client,
  { settings, taskQueue }: { settings: WorkerSettings; taskQueue: string },
): Promise<void> {
  await Promise.all(
    settings.provider.regions.map((region) =>
      ensureSchedule(client, observeSchedule(region, { settings, taskQueue })),
    ),
  );
}

function observeSchedule(
  region: string,
  { settings, taskQueue }: { settings: WorkerSettings; taskQueue: string },
): ScheduleOptions {
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
