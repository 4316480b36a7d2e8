/**
 * Every story loses the reply to its first call of every activity, all in one run: the call takes effect, Temporal hears of
 * a failure and repeats it. `test/faults/` tries each by itself, and much else.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { arm, type ArmedFault, type Around } from '../harness/fault-activities.js';
import { problemsAt } from '../harness/fault-plan.js';
import { playStory, STORIES } from '../harness/fault-points.js';
import { startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { activityNames } from '../harness/fault-worker.js';
import { testSettings } from '../harness/settings.js';
import { WAIT_MS } from '../harness/bounds.js';

/** How each ends when nothing goes wrong. */
const ENDS: Readonly<Record<string, string>> = {
  connectAndClose: 'released',
  decline: 'declined',
  changeAccess: 'released',
  swapAccess: 'released',
  falseClaim: 'declined',
  requestTwice: 'released',
  drift: 'released',
  sweep: 'swept',
  notify: 'declined',
  plan: 'planned',
  observe: 'released',
  check: 'checked',
  manage: 'managed',
  verify: 'verified',
};

/** A story waits more than it works. */
const AT_ONCE = 4;

const ACTIVITIES = activityNames(testSettings());
/** Activities whose first reply was lost, in any story. */
const struck = new Set<string>();

let world: FaultWorld;

/** A fault for each activity, at its first call in the story. */
function losing(): Around {
  const armed = new Map<string, ArmedFault>(
    ACTIVITIES.map((activity) => [activity, arm({ activity, nth: 1, fault: 'reply-lost' })]),
  );
  return (name, call) => {
    struck.add(name);
    const fault = armed.get(name);
    return fault === undefined ? call() : fault.around(name, call);
  };
}

async function problemsOf(story: string, slot: number): Promise<string[]> {
  const { telling, final } = await playStory(world, story, { slot, around: losing(), withinMs: WAIT_MS });
  const { violations, leaked } = telling.findings;
  return [
    ...violations,
    ...leaked.map((id) => `${id} is left`),
    ...(final === ENDS[story] ? [] : [`ended as ${final}`]),
  ];
}

beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world.stop());

it('no reply that is lost changes how a story ends, nor leaves anything behind', async () => {
  const items = Object.keys(STORIES);
  expect(await problemsAt({ limit: AT_ONCE, items, nameOf: (story) => story }, problemsOf)).toEqual([]);
  expect([...struck].sort()).toEqual(ACTIVITIES);
});
