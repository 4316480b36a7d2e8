/**
 * Many connections at once, faults on a fifth of the calls, delays, a worker that is killed, and customers as they are. The
 * plan comes from the seed; `CAUSEWAY_SOAK` sets its size.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeSignal } from '../../contract/messages.js';
import { bound } from '../harness/bounds.js';
import { findingsOf } from '../harness/fault-invariants.js';
import { latestStatus } from '../harness/fault-questions.js';
import { atOnce, noteTried, SEED } from '../harness/fault-plan.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import { BEHAVIOURS, ENDS, soakPlan } from '../harness/soak-plan.js';
import { playCustomer, startMortalWorkers, startWatch, type SoakConnection } from '../harness/soak-run.js';
import { until } from '../harness/until.js';
import { ensureSchedules } from '../../worker/schedules.js';

const SIZE = Number(process.env['CAUSEWAY_SOAK'] ?? 100);
/** A bound, not a wish: a run that hangs is to say where. */
const STEP_MS = bound(300_000 + SIZE * 1_000);
const WEEK_AND_A_MINUTE_S = 7 * 86_400 + 60;
const ROUNDS = 2;

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
}, STEP_MS);
afterAll(() => world.stop());

async function newConnections(plan: ReturnType<typeof soakPlan>): Promise<SoakConnection[]> {
  const first = await world.newPoint({ observeEvery: '3 seconds' });
  return Promise.all(
    plan.connections.map(async (planned) => ({
      ...planned,
      point: await world.newPoint({
        beside: first,
        organizationId: `soak-${planned.organization.toString()}`,
        region: planned.region,
        subnetCidrs: Array.from(
          { length: planned.ranges },
          (_, index) => `172.31.${(32 * index).toString()}.0/20`,
        ),
      }),
    })),
  );
}

/** AWS drops the requests nobody answered, as often as Causeway asks. */
async function letExpire(points: readonly FaultPoint[]): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    await until(
      `all that were forgotten wait in round ${round.toString()}`,
      async () => {
        const statuses = await Promise.all(points.map((point) => latestStatus(world.client, point)));
        return statuses.every((status) => status.state === 'awaiting-acceptance' && status.round === round)
          ? true
          : undefined;
      },
      STEP_MS,
    );
    await world.control.advance(WEEK_AND_A_MINUTE_S);
  }
}

/** Whoever did not come to the end of the own story, with what the run says of itself. */
async function stuckOnes(
  connections: readonly SoakConnection[],
  played: readonly PromiseSettledResult<void>[],
): Promise<string[]> {
  const stuck: string[] = [];
  for (const [index, result] of played.entries()) {
    const one = connections[index];
    if (result.status === 'fulfilled' || one === undefined) continue;
    const { failure, history } = await latestStatus(world.client, one.point);
    const notes = history.slice(-5).map(({ state, note }) => `${state}: ${note}`);
    const says = [failure?.message ?? 'no failure', ...notes].join(' | ');
    stuck.push(`${one.behaviour}: ${String(result.reason)} (${says})`);
  }
  return stuck;
}

describe(`soak of ${SIZE.toString()} connections (seed ${SEED.toString()})`, () => {
  it('plans the same for the same seed, and something of everything', () => {
    const plan = soakPlan(SEED, SIZE);
    expect(soakPlan(SEED, SIZE)).toEqual(plan);
    expect(soakPlan(SEED + 1, SIZE)).not.toEqual(plan);
    expect(new Set(plan.connections.map(({ behaviour }) => behaviour))).toEqual(new Set(BEHAVIOURS));
  });

  it(
    'ends every connection as it has to, and leaves nothing behind',
    async () => {
      const plan = soakPlan(SEED, SIZE);
      await world.control.settings(plan.settings);
      const connections = await newConnections(plan);
      const points = connections.map(({ point }) => point);
      const [first] = points;
      if (first === undefined) throw new Error('a soak of nothing');
      for (const fault of plan.faults) await world.control.addFault(fault);
      const workers = await startMortalWorkers(world, first, plan.kills);
      const watch = startWatch(world, STEP_MS);
      try {
        await ensureSchedules(world.client, first);
        const played = await atOnce({ limit: SIZE, items: connections }, (one) =>
          playCustomer(world, watch, one),
        );
        expect(await stuckOnes(connections, played)).toEqual([]);
        const forgotten = connections.filter(({ behaviour }) => behaviour === 'forgets');
        await letExpire(forgotten.map(({ point }) => point));
        await Promise.all(forgotten.map(({ point }) => watch.until(point, 'expired')));

        const midway = await findingsOf({ client: world.client, control: world.control, points });
        expect(midway.violations).toEqual([]);

        const kept = points.filter((point) => watch.of(point)?.state === 'active');
        expect(kept).not.toEqual([]);
        for (const { maintainId } of kept) {
          await world.client.workflow.getHandle(maintainId).signal(closeSignal, { by: 'bob' });
        }
        await Promise.all(kept.map((point) => watch.until(point, 'released')));

        const faults = await world.control.faults();
        expect(faults.map(({ hits }) => hits > 0)).toEqual(faults.map(() => true));
        const ends = await Promise.all(
          connections.map(async ({ point, behaviour }) => ({
            behaviour,
            state: (await latestStatus(world.client, point)).state,
          })),
        );
        expect(ends.filter(({ behaviour, state }) => state !== ENDS[behaviour])).toEqual([]);
        const atLast = await findingsOf({ client: world.client, control: world.control, points });
        noteTried({ points: 0, leaked: atLast.leaked.length });
        expect(atLast.violations).toEqual([]);
        expect(workers.died()).toBe(plan.kills.length);
      } finally {
        await watch.stop();
        await workers.stop();
      }
    },
    4 * STEP_MS,
  );
});
