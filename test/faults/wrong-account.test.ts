/**
 * T12: roles that belong to another account, while connections live and requests wait. Such a reader sees nothing, as if all
 * had been deleted: sixty looks of the observer must end nothing, delete nothing and free no block.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { maintainWorkflowId, observeScheduleId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { WorkerSettings } from '../../domain/settings.js';
import { PROVIDER } from '../harness/emulator.js';
import { findingsOf } from '../harness/fault-invariants.js';
import { atOnce, HANG_MS, noteTried } from '../harness/fault-plan.js';
import { latestStatus, reportOf } from '../harness/fault-questions.js';
import { connect, request, tell, untilKept, untilOneOf } from '../harness/fault-telling.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import { until } from '../harness/until.js';

const LIVING = 20;
const WAITING = 5;
const LOOKS = 60;
const AT_ONCE = 5;
const REGION = 'us-east-1';
const ANOTHER = '999988887777';

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(() => world.stop());

function withRole(point: FaultPoint, roles: WorkerSettings['provider']['roles']): FaultPoint {
  return { ...point, settings: { ...point.settings, provider: { ...point.settings.provider, roles } } };
}

/** As the worker's own Schedule looks, for a deployment of its own. */
async function observe({ taskQueue, settings }: FaultPoint): Promise<{ looks: () => Promise<number> }> {
  const { deployment } = settings.provider;
  const schedule = await world.client.schedule.create({
    scheduleId: `${observeScheduleId(PROVIDER, REGION)}/${deployment}`,
    spec: { intervals: [{ every: '1 second' }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.observePeerings,
      taskQueue,
      args: [{ region: REGION, deployment }],
    },
  });
  return { looks: async () => (await schedule.describe()).info.numActionsTaken };
}

const statuses = (points: readonly FaultPoint[]): Promise<PeeringStatus[]> =>
  Promise.all(points.map((point) => latestStatus(world.client, point)));

const statesOf = async (points: readonly FaultPoint[]): Promise<string[]> => [
  ...new Set((await statuses(points)).map(({ state }) => state)),
];

it(
  'ends nothing, and every connection says what is wrong',
  async () => {
    const [first, ...others] = await pointsOf(LIVING + WAITING);
    if (first === undefined) throw new Error('there is nobody');
    const points = [first, ...others];
    const living = points.slice(0, LIVING);
    const waiting = points.slice(LIVING);
    const right = await world.startWorker(first);
    await atOnce({ limit: AT_ONCE, items: living.map((point) => tell(world, point)) }, async (telling) => {
      await connect(telling);
      await untilKept(telling);
    });
    await atOnce({ limit: AT_ONCE, items: waiting.map((point) => tell(world, point)) }, async (telling) => {
      await request(telling);
      await untilOneOf(telling, 'awaiting-acceptance');
    });
    expect([await statesOf(living), await statesOf(waiting)]).toEqual([['active'], ['awaiting-acceptance']]);
    const observer = await observe(first);
    await until('the observer knows them', async () => ((await observer.looks()) > 3 ? true : undefined));
    await right.stop();

    await world.control.clearCalls();
    const role = `arn:aws:iam::${ANOTHER}:role/mistyped`;
    const wrong = await world.startWorker(withRole(first, { observe: role }));
    const from = await observer.looks();
    await until(
      'sixty looks are done',
      async () => ((await observer.looks()) - from >= LOOKS ? true : undefined),
      HANG_MS,
    );
    await until('all say what is wrong', async () =>
      (await statesOf(points)).join() === 'parked' ? true : undefined,
    );
    for (const { parked, nextStep } of await statuses(points)) {
      expect(parked).toMatchObject({ who: 'provider', message: expect.stringContaining(ANOTHER) });
      expect(nextStep.what).toContain('provider.roles');
    }
    const effects = (await world.control.calls({ account: PROVIDER })).filter(
      ({ effect, service }) => effect && service === 'ec2',
    );
    expect(effects).toEqual([]);
    const held = await Promise.all(
      points.map(async ({ request: { organizationId }, connection }) => {
        const report = await reportOf(world.client, organizationId);
        return report.held.some(({ holder }) => holder === connection);
      }),
    );
    expect(held).toEqual(points.map(() => true));
    await wrong.stop();

    const again = await world.startWorker(first);
    await until('all go on', async () =>
      (await statesOf(living)).join() === 'active' &&
      (await statesOf(waiting)).join() === 'awaiting-acceptance'
        ? true
        : undefined,
    );
    const { violations } = await findingsOf({ client: world.client, control: world.control, points });
    expect(violations).toEqual([]);
    for (const { connection } of living) {
      await world.client.workflow.getHandle(maintainWorkflowId(connection)).terminate('the test is over');
    }
    await again.stop();
    noteTried({ points: LIVING + WAITING, leaked: 0 });
  },
  HANG_MS,
);

async function pointsOf(count: number): Promise<FaultPoint[]> {
  const first = await world.newPoint({ region: REGION });
  const points = [first];
  while (points.length < count) points.push(await world.newPoint({ region: REGION, beside: first }));
  return points;
}
