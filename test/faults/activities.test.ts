/**
 * T1 by activity, T3: every activity of the code's own list fails before its effect, loses its reply, runs twice, fails for
 * good; every undo fails, runs twice, and is not permitted for a while.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULTS, type Fault } from '../harness/fault-activities.js';
import { atOnce, EXHAUSTIVE, noteTried, problemsAt, randomFrom, SEED, tried } from '../harness/fault-plan.js';
import {
  firstCalls,
  nameOf,
  playWith,
  pointsAt,
  record,
  STORIES,
  type ActivityPoint,
  type RecordedCall,
  type Recording,
} from '../harness/fault-points.js';
import { startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { activityNames } from '../harness/fault-worker.js';
import { testSettings } from '../harness/settings.js';
import { STACK_START_MS } from '../harness/stack.js';

/** A story waits more than it works: eight keep two processors busy. */
const AT_ONCE = 8;
const POINTS_MS = EXHAUSTIVE ? 3_600_000 : 480_000;

let world: FaultWorld;
let recordings: Recording[];
let points: ActivityPoint[];
let leaked = 0;
let count = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  const played = await atOnce({ limit: AT_ONCE, items: Object.keys(STORIES) }, (story, slot) =>
    record(world, story, slot),
  );
  recordings = played.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const first = firstCalls(recordings);
  const others = recordings.flatMap(({ calls }) => calls).filter((call) => !first.includes(call));
  points = [
    ...first.flatMap(pointsAt),
    // By the seed, for a call that is not the first of its kind is seldom different.
    ...tried(others.flatMap(pointsAt), randomFrom(SEED)),
  ];
}, STACK_START_MS);

afterAll(async () => {
  noteTried({ points: count, leaked });
  await world.stop();
});

/** Whether the end is the one that such a fault leads to. */
function expectedEnds({ call, fault }: ActivityPoint, undisturbed: string): string[] {
  const isForGood = fault === 'refused' || fault === 'refused-after';
  if (!isForGood || call.phase === 'releasing') return [undisturbed];
  return call.workflowType === 'provisionPeering' && call.phase === 'connecting'
    ? ['failed']
    : [undisturbed, `not ${undisturbed}`];
}

async function problemsOf(point: ActivityPoint, slot: number): Promise<string[]> {
  const { telling, final, armed } = await playWith(world, point, slot);
  const undisturbed = recordings.find(({ story }) => story === point.call.story)?.seen ?? [];
  const problems = [...telling.findings.violations];
  leaked += telling.findings.leaked.length;
  if (armed.hits() === 0) {
    // How often a run looks depends on when it is told to: only the first call of a kind is there every time.
    if (point.nth === 1) problems.push('was never reached');
    count -= 1;
  }
  const expected = expectedEnds(point, undisturbed.at(-1) ?? '');
  if (!expected.includes(final)) problems.push(`ended as ${final}, not as ${expected.join(' or ')}`);
  if (final === 'failed') {
    const code = telling.last?.failure?.code ?? 'nothing';
    if (code !== 'AwsRefused') problems.push(`failed by ${code}`);
  }
  // A later look of the keeper may be denied in the moment in which the connection is closed: then it is given up.
  const isPassing = point.call.phase === 'keeping' && point.nth > 1;
  if (point.fault === 'denied' && armed.hits() > 0 && !isPassing && !telling.seen.includes('parked')) {
    problems.push('was never parked');
  }
  return problems;
}

async function tryAll(fault: Fault): Promise<string[]> {
  const chosen = points.filter((point) => point.fault === fault);
  expect(chosen).not.toEqual([]);
  count += chosen.length;
  return problemsAt({ limit: AT_ONCE, items: chosen, nameOf }, problemsOf);
}

describe(`fault points by activity (seed ${SEED.toString()})`, () => {
  it('come from the stories, which call every activity there is', () => {
    const called = new Set(recordings.flatMap(({ calls }) => calls.map(({ activity }) => activity)));
    expect([...called].sort()).toEqual(activityNames(testSettings()));
    expect(recordings.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('are at least four for each activity, and the two undos of each end besides', () => {
    const activities = activityNames(testSettings());
    expect(points.length).toBeGreaterThanOrEqual(4 * activities.length);
    const undone = (story: string): string[] => [
      ...new Set(
        points
          .map(({ call }): RecordedCall => call)
          .filter((call) => call.story === story && call.phase === 'releasing')
          .map(({ activity }) => activity),
      ),
    ];
    for (const story of ['connectAndClose', 'decline']) {
      expect(undone(story)).toEqual(expect.arrayContaining(['releaseNetwork', 'releaseBlock']));
    }
  });

  it.each(FAULTS)(
    'one that %s leaves the connection up or wholly undone',
    async (fault) => {
      expect(await tryAll(fault)).toEqual([]);
    },
    POINTS_MS,
  );
});
