/**
 * T1 by call to AWS, T2 pairs of faults, T4 kills along the histories, of every story in which a connection is made, changed or
 * declined. All of them in the exhaustive form, some of each list and story in the quick one.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callPoints,
  eventPoints,
  isRead,
  killPoints,
  pairPoints,
  recordCalls,
  type CallPoint,
  type CallRecording,
} from '../harness/fault-call-points.js';
import { drawn, EXHAUSTIVE, noteTried, problemsAt, randomFrom, SEED } from '../harness/fault-plan.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { STACK_START_MS } from '../harness/stack.js';

const STORIES = ['connectAndClose', 'decline', 'changeAccess', 'swapAccess'];
const CALLS_MS = EXHAUSTIVE ? 6 * 3_600_000 : 480_000;

/** Faults of calls are told apart by region. */
const FAULTS_AT_ONCE = FAULT_REGIONS.length;
/** A kill mostly waits until Temporal notices that the worker is dead. */
const KILLS_AT_ONCE = 8;

interface List {
  readonly title: string;
  readonly pointsOf: (recording: CallRecording) => CallPoint[];
  /** How many points of each story the quick form tries. */
  readonly quick: number;
  readonly limit: number;
}

const LISTS: readonly List[] = [
  {
    title:
      'T1: an error, a lost reply, throttling, a repeated call, a refusal, a missing permission, something in use',
    pointsOf: callPoints,
    quick: 6,
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

let world: FaultWorld;
const recordings: Awaited<ReturnType<typeof recordCalls>>[] = [];
let points = 0;
let leaked = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  for (const story of STORIES) recordings.push(await recordCalls(world, story));
}, STACK_START_MS);
afterAll(async () => {
  noteTried({ points, leaked });
  await world.stop();
});

async function problemsOf({ play, endAfter, isCertain }: CallPoint, slot: number): Promise<string[]> {
  const { telling, final, hits } = await play(world, slot);
  leaked += telling.findings.leaked.length;
  const problems = [...telling.findings.violations];
  if (hits === 0 && isCertain) problems.push('was never reached');
  if (hits > 0) points += 1;
  const end = endAfter(hits);
  if (final !== end) problems.push(`ended as ${final}, not as ${end}`);
  if (final === 'failed') {
    const code = telling.last?.failure?.code ?? 'nothing';
    if (code !== 'AwsRefused') problems.push(`failed by ${code}`);
  }
  return problems;
}

describe(`fault points by call to AWS (seed ${SEED.toString()})`, () => {
  it('come from recordings that have every call that reached AWS', () => {
    expect(recordings.map(({ end }) => end)).toEqual(['released', 'declined', 'released', 'released']);
    for (const { calls, emulated, events } of recordings) {
      expect(calls.length).toBe(emulated);
      expect(calls.filter((call) => !isRead(call)).length).toBeGreaterThanOrEqual(15);
      expect(new Set(calls.map(({ action, nth }) => `${action}#${nth.toString()}`)).size).toBe(calls.length);
      expect(events).not.toEqual([]);
    }
  });

  it.each(LISTS)(
    '$title',
    async ({ pointsOf, quick, limit }) => {
      const random = randomFrom(SEED);
      const items = recordings.flatMap((recording) => drawn(pointsOf(recording), quick, random));
      expect(await problemsAt({ limit, items, nameOf: ({ name }) => name }, problemsOf)).toEqual([]);
    },
    CALLS_MS,
  );
});
