/**
 * Every story loses the reply to its first call of every activity, all in one run: the call takes effect, Temporal hears of
 * a failure and repeats it. The other suites here lose every other reply too, and much else.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { arm } from '../harness/fault-activities.js';
import { problemsInBatches } from '../harness/fault-batches.js';
import { playStory, STORIES } from '../harness/fault-play.js';
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
  cancelAndClaim: 'cancelled',
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

async function problemsOf(story: string, slot: number): Promise<string[]> {
  const losing = arm(ACTIVITIES.map((activity) => ({ activity, nth: 1, fault: 'reply-lost' as const })));
  const { telling, final } = await playStory(world, story, {
    slot,
    around: losing.around,
    withinMs: WAIT_MS,
  });
  for (const { activity } of losing.struck()) struck.add(activity);
  const { violations, leaked } = telling.findings;
  return [
    ...violations,
    ...leaked.map((id) => `${id} is left`),
    ...(final === ENDS[story] ? [] : [`ended as ${final}`]),
    ...telling.seen.filter((seen) => seen.startsWith('not changed')),
  ];
}

beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world.stop());

it('no reply that is lost changes how a story ends, nor leaves anything behind', async () => {
  const batches = Object.keys(STORIES).map((story) => [story]);
  const problems = await problemsInBatches(
    { limit: AT_ONCE, batches, nameOf: String },
    ([story = ''], slot) => problemsOf(story, slot),
  );
  expect(problems).toEqual([]);
  expect([...struck].sort()).toEqual(ACTIVITIES);
});
