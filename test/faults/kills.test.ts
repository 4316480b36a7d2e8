/** T1, the worker dies: SIGKILL right before and right after every activity; another worker takes its place. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  atOnce,
  EXHAUSTIVE,
  noteTried,
  problemsAt,
  randomFrom,
  SEED,
  shuffled,
} from '../harness/fault-plan.js';
import {
  firstCalls,
  playKilled,
  record,
  STORIES,
  type RecordedCall,
  type Recording,
} from '../harness/fault-points.js';
import { startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import type { Death } from '../harness/fault-victim.js';
import { activityNames } from '../harness/fault-worker.js';
import { testSettings } from '../harness/settings.js';
import { STACK_START_MS } from '../harness/stack.js';

/**
 * Most of a kill is waiting for Temporal to notice that the worker is dead: five seconds for an activity that heartbeats, half a
 * minute for one that does not. It costs little to wait for many at once, and those of half a minute are waited for beside the
 * others.
 */
const AT_ONCE = 6;
const KILLS_MS = EXHAUSTIVE ? 3_600_000 : 480_000;

interface Kill {
  readonly call: RecordedCall;
  readonly when: Death['when'];
}

let world: FaultWorld;
let recordings: Recording[];
let kills: Kill[];
let leaked = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  const played = await atOnce({ limit: AT_ONCE, items: Object.keys(STORIES) }, (story, slot) =>
    record(world, story, slot),
  );
  recordings = played.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const all = recordings.flatMap(({ calls }) => calls);
  const chosen = EXHAUSTIVE ? all : firstCalls(recordings).filter(isFirst);
  kills = shuffled(
    chosen.flatMap((call): Kill[] => [
      { call, when: 'before' },
      { call, when: 'after' },
    ]),
    randomFrom(SEED),
  );
}, STACK_START_MS);
afterAll(() => world.stop());

/** Of its kind in all the stories. */
function isFirst(call: RecordedCall, index: number, all: readonly RecordedCall[]): boolean {
  return all.findIndex(({ activity }) => activity === call.activity) === index;
}

const nameOf = ({ call, when }: Kill): string =>
  `${call.story}: killed ${when} ${call.activity}#${call.nth.toString()}`;

async function problemsOf({ call, when }: Kill): Promise<string[]> {
  const { telling, final, died } = await playKilled(world, call.story, {
    killing: { of: 'activity', name: call.activity, nth: call.nth, when },
  });
  const undisturbed = recordings.find(({ story }) => story === call.story)?.seen.at(-1);
  leaked += telling.findings.leaked.length;
  const problems = [...telling.findings.violations];
  if (!died) problems.push('was never killed');
  if (final !== undisturbed) problems.push(`ended as ${final}, not as ${undisturbed ?? '?'}`);
  return problems;
}

describe(`a worker that dies (seed ${SEED.toString()})`, () => {
  it(
    'right before or right after any activity changes nothing of the end',
    async () => {
      // With the four and more of `activities.test.ts`: at least six for each activity.
      expect(kills.length).toBeGreaterThanOrEqual(2 * activityNames(testSettings()).length);
      const soon = kills.filter(({ call }) => call.onAws);
      const late = kills.filter(({ call }) => !call.onAws);
      const problems = await Promise.all(
        [soon, late].map((items) => problemsAt({ limit: AT_ONCE, items, nameOf }, problemsOf)),
      );
      expect(problems.flat()).toEqual([]);
      noteTried({ points: kills.length, leaked });
    },
    KILLS_MS,
  );
});
