/**
 * T12: a call to AWS hangs, at each API in turn. The client gives it up, or Temporal the whole attempt: the story ends as if
 * nothing had been, and an attempt that was given up asks AWS for nothing more.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Timing } from '../../activities/aws/poll.js';
import type { FaultRule } from '../../local/emulator-control.js';
import { watchAttempts } from '../harness/fault-attempts.js';
import { problemsInBatches } from '../harness/fault-batches.js';
import { armEachCall } from '../harness/fault-calls.js';
import { playStory, type HowToPlay } from '../harness/fault-play.js';
import { EXHAUSTIVE, HANG_MS, noteTried } from '../harness/fault-plan.js';
import { recordings } from '../harness/fault-recordings.js';
import { withHistory } from '../harness/fault-telling.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { mutantBundle } from '../harness/mutant-bundle.js';

/** Requested, accepted, up, changed, closed. */
const STORY = 'changeAccess';

/** As in production, AWS may take as long to show what it did as a call may take, and an attempt several times that. */
const TIMING: Timing = { pollEveryMs: 50, settleMs: 4_000, secondLookMs: 150 };
const CALL_MS = 2_000;
const ATTEMPT_MS = 8_000;

/** What becomes of a call that hangs, the last of them when the client no longer waits for it. */
const HANGS: Readonly<Record<string, Omit<FaultRule, 'action'>>> = {
  'never carried out': { kind: 'hang', latencyMs: 4 * CALL_MS },
  'carried out at once': { kind: 'hang', latencyMs: 4 * CALL_MS, effect: 'at-once' },
  'carried out too late': { kind: 'hang', latencyMs: 1.5 * CALL_MS, effect: 'late' },
};

/** Answered when the attempt has been given up, and before the next one has looked for what it may have done. */
const TOO_SLOW: Omit<FaultRule, 'action'> = { kind: 'latency', latencyMs: ATTEMPT_MS + 2_500 };

/** One API, and how its first call in the story goes wrong. */
interface Slow {
  readonly action: string;
  readonly how: string;
  readonly rule: Omit<FaultRule, 'action'>;
}

let world: FaultWorld;
let directory: string;
let actions: string[];
let points = 0;
let leaked = 0;
beforeAll(async () => {
  world = await startFaultWorld();
  directory = await mkdtemp(join(tmpdir(), 'causeway-hanging-'));
  const story = (await recordings(world)).find((recording) => recording.story === STORY);
  actions = [...new Set(story?.awsCalls.map(({ action }) => action))];
}, HANG_MS);
afterAll(async () => {
  noteTried({ points, leaked });
  await world.stop();
  await rm(directory, { recursive: true });
});

const nameOf = ({ action, how }: Slow): string => `${action}, ${how}`;

/** Each alone in the exhaustive form, else all of a batch in one run. */
const inBatches = (batches: readonly Slow[][]): readonly Slow[][] =>
  EXHAUSTIVE ? batches.flat().map((slow) => [slow]) : batches;

async function problemsOf(batch: readonly Slow[], slot: number, how: HowToPlay): Promise<string[]> {
  const region = FAULT_REGIONS[slot] ?? '';
  const [{ rule } = { rule: TOO_SLOW }] = batch;
  const armed = armEachCall(world.control, region, { actions: batch.map(({ action }) => action), rule });
  const watched = watchAttempts(armed.onCommand);
  const { telling, final } = await playStory(world, STORY, {
    ...how,
    region,
    timing: TIMING,
    onCommand: watched.onCommand,
  });
  const { violations, leaked: left } = telling.findings;
  leaked += left.length;
  points += batch.length;
  const problems = [...violations, ...watched.late()];
  if (final !== 'released') problems.push(`ended as ${final}, not as released`);
  if (!telling.seen.includes('changed')) problems.push('its access was not changed');
  const missed = batch.filter(({ action }) => !armed.struck().includes(action));
  problems.push(...missed.map(({ action }) => `${action} was never reached`));
  if (rule === TOO_SLOW && watched.given() < batch.length) problems.push('not every attempt was given up');
  return withHistory(problems, telling);
}

describe('a call to AWS that hangs', () => {
  it('may be any that the story makes', () => {
    expect(actions.length).toBeGreaterThanOrEqual(25);
  });

  it(
    'is given up by the client, and changes nothing of the end, whether or not it takes effect',
    async () => {
      const batches = Object.entries(HANGS).map(([how, rule]) =>
        actions.map((action) => ({ action, how, rule })),
      );
      const problems = await problemsInBatches(
        { limit: FAULT_REGIONS.length, batches: inBatches(batches), nameOf },
        (batch, slot) => problemsOf(batch, slot, { requestTimeoutMs: CALL_MS }),
      );
      expect(problems).toEqual([]);
    },
    HANG_MS,
  );

  it(
    'is given up with its attempt, which then asks AWS for nothing more, though an answer comes',
    async () => {
      const codePath = await mutantBundle('hasty', HASTY, directory);
      const batches = FAULT_REGIONS.map((_region, index) =>
        actions
          .filter((_action, nth) => nth % FAULT_REGIONS.length === index)
          .map((action) => ({ action, how: 'answered too late', rule: TOO_SLOW })),
      );
      const problems = await problemsInBatches(
        { limit: FAULT_REGIONS.length, batches: inBatches(batches), nameOf },
        (batch, slot) => problemsOf(batch, slot, { codePath }),
      );
      expect(problems).toEqual([]);
    },
    HANG_MS,
  );
});

/** Minutes of waiting made seconds. */
const HASTY = [
  {
    module: 'activity-options',
    text: "const STEP_TIMEOUT = '3 minutes'",
    instead: `const STEP_TIMEOUT = ${ATTEMPT_MS.toString()}`,
  },
];
