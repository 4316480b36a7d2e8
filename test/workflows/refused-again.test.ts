import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectionName, provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import { runSettingsOf } from '../../domain/settings.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { PROVIDER } from '../harness/emulator.js';
import { requestForNewVpc } from '../harness/requests.js';
import { logFrom } from '../harness/runtime.js';
import { testSettings } from '../harness/settings.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

/** The pools are started on the task queue of the activities. */
const TASK_QUEUE = 'causeway';

let temporal: TemporalWorld;
let world: ActivityWorld;
beforeAll(async () => {
  logFrom('ERROR');
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  const settings = runSettingsOf(testSettings({ observeEvery: '1 second' }));
  await temporal.startWorker(TASK_QUEUE, {
    ...world.activities,
    loadSettings: () => Promise.resolve(settings),
  });
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

/** How often AWS was asked for VPCs between two tries to make one, the latest last. */
async function looksBetweenTries(): Promise<number[]> {
  const actions = (await world.aws.control.calls({ account: PROVIDER })).map(({ action }) => action);
  const tries = actions.flatMap((action, index) => (action === 'CreateVpc' ? [index] : []));
  return tries
    .slice(1)
    .map((at, index) => actions.slice(tries[index], at).filter((action) => action === 'DescribeVpcs').length);
}

it('looks once before it tries again what AWS has refused, while it is parked for a quota', async () => {
  await world.aws.control.settings({ quotaOverrides: { [`${PROVIDER}/*`]: { vpcsPerRegion: 0 } } });
  const request = await requestForNewVpc(world.aws);
  const handle = await temporal.client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: TASK_QUEUE,
    workflowId: provisionWorkflowId(connectionName(request)),
    args: [request],
  });
  const looks = await until('five tries', async () => {
    const between = await looksBetweenTries();
    return between.length >= 4 ? between : undefined;
  });
  // The first of the parked step does not know what an earlier activity may have made.
  expect(looks[0]).toBeGreaterThan(5);
  expect(looks.slice(1)).toEqual(looks.slice(1).map(() => 1));
  await handle.terminate();
});
