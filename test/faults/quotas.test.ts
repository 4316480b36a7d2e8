/** T10: more connections than AWS's quotas have room for. Those without room wait, say for what, and all come up as room is made. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PROVIDER } from '../harness/emulator.js';
import { findingsOf } from '../harness/fault-invariants.js';
import { latestStatus } from '../harness/fault-questions.js';
import { atOnce, HANG_MS, noteTried } from '../harness/fault-plan.js';
import { connectAndClose } from '../harness/fault-stories.js';
import { request, tell } from '../harness/fault-telling.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import { until } from '../harness/until.js';

/** As AWS has them to begin with, but for the requests: 25 would need as many VPCs. */
const VPCS = 5;
const OUTSTANDING = 3;
const CONNECTIONS = 8;

const REGION = 'us-east-1';

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(() => world.stop());

async function newPoints(): Promise<FaultPoint[]> {
  const points: FaultPoint[] = [];
  for (let made = 0; made < CONNECTIONS; made += 1) {
    points.push(await world.newPointIn(0, { region: REGION }));
  }
  return points;
}

/** What they wait for, sorted: the customer, or a quota. */
async function waitsOf(points: readonly FaultPoint[]): Promise<string[]> {
  const statuses = await Promise.all(points.map((point) => latestStatus(world.client, point)));
  return statuses.map(({ state, parked }) => parked?.for ?? state).sort();
}

it(
  'the sixth VPC and the fourth outstanding request wait for room, and get it',
  async () => {
    // The region's default VPC counts, for AWS as for the emulator.
    const quotas = { vpcsPerRegion: VPCS + 1, outstandingPeerings: OUTSTANDING };
    await world.control.settings({ quotaOverrides: { [`${PROVIDER}/${REGION}`]: quotas } });
    const points = await newPoints();
    const [first] = points;
    if (first === undefined) throw new Error('nobody competes');
    const worker = await world.startWorker(first);
    const tellings = points.map((point) => tell(world, point));
    await Promise.all(tellings.map(request));

    const full = [
      ...Array.from({ length: CONNECTIONS - VPCS }, () => 'VPCs per Region'),
      ...Array.from({ length: OUTSTANDING }, () => 'awaiting-acceptance'),
      ...Array.from({ length: VPCS - OUTSTANDING }, () => 'outstanding VPC peering requests'),
    ].sort();
    await until('there is no more room', async () => {
      const waits = await waitsOf(points);
      return waits.join() === full.join() ? true : undefined;
    });
    const stuck = await findingsOf({ client: world.client, control: world.control, points });
    expect(stuck.violations).toEqual([]);

    const played = await atOnce({ limit: CONNECTIONS, items: tellings }, connectAndClose);
    await worker.stop();
    expect(played.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(tellings.map(({ seen }) => seen.includes('active'))).toEqual(tellings.map(() => true));
    expect(tellings.map(({ seen }) => seen.at(-1))).toEqual(tellings.map(() => 'released'));
    expect(tellings.flatMap(({ findings }) => findings.violations)).toEqual([]);
    noteTried({ points: CONNECTIONS, leaked: tellings.flatMap(({ findings }) => findings.leaked).length });
  },
  HANG_MS,
);
