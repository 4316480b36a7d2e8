/** T1, the worker dies: SIGKILL right before and right after every activity; another worker takes its place, and may die too. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemsInBatches } from '../harness/fault-batches.js';
import { playKilled, type Killing } from '../harness/fault-kills.js';
import { EXHAUSTIVE, HANG_MS, noteTried, randomFrom, SEED, shuffled } from '../harness/fault-plan.js';
import { firstCalls } from '../harness/fault-points.js';
import { recordings, type RecordedCall, type Recording } from '../harness/fault-recordings.js';
import { withHistory } from '../harness/fault-telling.js';
import { startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { activityNames } from '../harness/fault-worker.js';
import { testSettings } from '../harness/settings.js';

/** Most of a kill is waiting for Temporal to notice that the worker is dead, and it costs little to wait for many at once. */
const AT_ONCE = 6;
/** Of one story: the worker that makes a call again is killed right after it, the one in its place before the next call. */
const CALLS_IN_ONE_RUN = EXHAUSTIVE ? 1 : 2;

let world: FaultWorld;
let stories: Recording[];
let batches: RecordedCall[][];
let leaked = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  stories = await recordings(world);
  const all = stories.flatMap(({ calls }) => calls);
  const chosen = EXHAUSTIVE ? all : firstCalls(stories).filter(isFirst);
  batches = shuffled(
    stories.flatMap(({ story }) =>
      chunked(
        chosen.filter((call) => call.story === story),
        CALLS_IN_ONE_RUN,
      ),
    ),
    randomFrom(SEED),
  );
}, HANG_MS);
afterAll(() => world.stop());

/** Of its kind in all the stories. */
function isFirst(call: RecordedCall, index: number, all: readonly RecordedCall[]): boolean {
  return all.findIndex(({ activity }) => activity === call.activity) === index;
}

function chunked<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

const nameOf = ({ story, activity, nth }: RecordedCall): string =>
  `${story}: killed before and after ${activity}#${nth.toString()}`;

/** Each worker counts from its own start: what was called before it died is called again. */
const killingsAt = ({ activity, nth }: RecordedCall): Killing[] => [
  { of: 'activity', name: activity, nth, when: 'before' },
  { of: 'activity', name: activity, nth: 1, when: 'after' },
];

async function problemsOf(calls: readonly RecordedCall[]): Promise<string[]> {
  const story = calls[0]?.story ?? '';
  const killings = calls.flatMap(killingsAt);
  const { telling, final, died } = await playKilled(world, story, { killings });
  const undisturbed = stories.find((recording) => recording.story === story)?.end;
  leaked += telling.findings.leaked.length;
  const problems = [...telling.findings.violations];
  if (died !== killings.length) {
    problems.push(`died ${died.toString()} times, not ${killings.length.toString()}`);
  }
  if (final !== undisturbed) problems.push(`ended as ${final}, not as ${undisturbed ?? '?'}`);
  return withHistory(problems, telling);
}

describe(`a worker that dies (seed ${SEED.toString()})`, () => {
  it(
    'right before or right after any activity changes nothing of the end',
    async () => {
      // With the four and more of `activities.test.ts`: at least six for each activity.
      const points = 2 * batches.flat().length;
      expect(points).toBeGreaterThanOrEqual(2 * activityNames(testSettings()).length);
      expect(await problemsInBatches({ limit: AT_ONCE, batches, nameOf }, problemsOf)).toEqual([]);
      noteTried({ points, leaked });
    },
    HANG_MS,
  );
});
