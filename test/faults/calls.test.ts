/**
 * T1 by call to AWS, T2 pairs of faults, T4 kills along the histories, of every story in which a connection is made, changed or
 * declined. All of them in the exhaustive form, some of each list and story in the quick one; what changes nothing of the end
 * goes wrong at many calls of one run.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemsInBatches } from '../harness/fault-batches.js';
import {
  HARMLESS_AT_CALLS,
  isCertain,
  nameOfSite,
  playSites,
  siteBatches,
  type SitePoint,
} from '../harness/fault-call-batches.js';
import {
  callPoints,
  eventPoints,
  isRead,
  killPoints,
  pairPoints,
  type CallPoint,
} from '../harness/fault-call-points.js';
import type { Outcome } from '../harness/fault-play.js';
import { drawn, EXHAUSTIVE, HANG_MS, noteTried, randomFrom, SEED } from '../harness/fault-plan.js';
import { CALL_STORIES, recordings, type Recording } from '../harness/fault-recordings.js';
import { withHistory } from '../harness/fault-telling.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';

/** Faults of calls are told apart by region. */
const FAULTS_AT_ONCE = FAULT_REGIONS.length;
/** A kill mostly waits until Temporal notices that the worker is dead. */
const KILLS_AT_ONCE = 8;

interface List {
  readonly title: string;
  readonly pointsOf: (recording: Recording) => CallPoint[];
  /** How many points of each story the quick form tries. */
  readonly quick: number;
  readonly limit: number;
}

const LISTS: readonly List[] = [
  {
    title: 'T1: a refusal, a missing permission',
    pointsOf: (recording) => callPoints(recording, ['refused', 'denied']),
    quick: 4,
    limit: FAULTS_AT_ONCE,
  },
  {
    title: 'T1: SIGKILL right before and right after',
    pointsOf: killPoints,
    quick: 2,
    limit: KILLS_AT_ONCE,
  },
  {
    title: 'T2: pairs, the second one also while undoing',
    pointsOf: pairPoints,
    quick: 6,
    limit: FAULTS_AT_ONCE,
  },
  {
    title: 'T4: SIGKILL at every event of the histories, whether or not workflows are cached',
    pointsOf: eventPoints,
    quick: 2,
    limit: KILLS_AT_ONCE,
  },
];

/** How many batches of each story the quick form tries. */
const QUICK_BATCHES = 1;

let world: FaultWorld;
let stories: Recording[];
let points = 0;
let leaked = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  stories = (await recordings(world)).filter(({ story }) => CALL_STORIES.includes(story));
}, HANG_MS);
afterAll(async () => {
  noteTried({ points, leaked });
  await world.stop();
});

/** What is wrong whatever the fault. */
function problemsAfter({ telling, final }: Outcome, end: string): string[] {
  leaked += telling.findings.leaked.length;
  const problems = [...telling.findings.violations];
  if (final !== end) problems.push(`ended as ${final}, not as ${end}`);
  return problems;
}

async function problemsOf(point: CallPoint, slot: number): Promise<string[]> {
  const outcome = await point.play(world, slot);
  const { hits } = outcome;
  points += point.worth(hits);
  const problems = problemsAfter(outcome, point.end);
  if (hits < point.certain) {
    problems.push(`struck ${hits.toString()} times, not ${point.certain.toString()}`);
  }
  return withHistory(problems, outcome.telling);
}

async function problemsTogether(batch: readonly SitePoint[], slot: number): Promise<string[]> {
  const outcome = await playSites(world, batch, slot);
  const { struck } = outcome;
  points += struck.length;
  const missed = batch.filter((point) => isCertain(point) && !struck.includes(point));
  const end = stories.find(({ story }) => story === batch[0]?.at.story)?.end ?? '';
  const problems = problemsAfter(outcome, end);
  problems.push(...missed.map((point) => `${nameOfSite(point)} was never reached`));
  return withHistory(problems, outcome.telling);
}

describe(`fault points by call to AWS (seed ${SEED.toString()})`, () => {
  it('come from recordings that have every call that reached AWS', () => {
    expect(stories.map(({ end }) => end)).toEqual(['released', 'declined', 'released', 'released']);
    for (const { awsCalls, emulated, events } of stories) {
      expect(awsCalls.length).toBe(emulated);
      expect(awsCalls.filter((call) => !isRead(call)).length).toBeGreaterThanOrEqual(15);
      expect(new Set(awsCalls.map(({ action, nth }) => `${action}#${nth.toString()}`)).size).toBe(
        awsCalls.length,
      );
      expect(events).not.toEqual([]);
    }
  });

  it.each(HARMLESS_AT_CALLS)(
    'T1: %s, at many calls of one run',
    async (fault) => {
      const random = randomFrom(SEED);
      const together = stories.flatMap((recording) =>
        drawn(siteBatches(recording, fault), QUICK_BATCHES, random),
      );
      const batches = EXHAUSTIVE ? together.flat().map((point) => [point]) : together;
      expect(batches).not.toEqual([]);
      expect(
        await problemsInBatches({ limit: FAULTS_AT_ONCE, batches, nameOf: nameOfSite }, problemsTogether),
      ).toEqual([]);
    },
    HANG_MS,
  );

  it.each(LISTS)(
    '$title',
    async ({ pointsOf, quick, limit }) => {
      const random = randomFrom(SEED);
      const chosen = stories.flatMap((recording) => drawn(pointsOf(recording), quick, random));
      const batches = chosen.map((point) => [point]);
      const problems = await problemsInBatches(
        { limit, batches, nameOf: ({ name }) => name },
        async ([point], slot) => (point === undefined ? [] : problemsOf(point, slot)),
      );
      expect(problems).toEqual([]);
    },
    HANG_MS,
  );
});
