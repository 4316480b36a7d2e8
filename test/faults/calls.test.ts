/**
 * T1 by call to AWS, T2 pairs of faults, T4 kills along the history. All of them in the exhaustive form, a seeded 5 % in the
 * quick one.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  armCalls,
  CALL_FAULTS,
  recorder,
  type CallFault,
  type PlannedCallFault,
  type RecordedAwsCall,
} from '../harness/fault-calls.js';
import { PROVIDER } from '../harness/emulator.js';
import { EXHAUSTIVE, noteTried, problemsAt, randomFrom, SEED, tried } from '../harness/fault-plan.js';
import { playKilled, playStory, type Killing, type Outcome } from '../harness/fault-points.js';
import type { Telling } from '../harness/fault-telling.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { STACK_START_MS } from '../harness/stack.js';

const STORY = 'connectAndClose';
const CALLS_MS = EXHAUSTIVE ? 3 * 3_600_000 : 480_000;

let world: FaultWorld;
let calls: RecordedAwsCall[];
let events = 0;
let emulated = 0;
let points = 0;
let leaked = 0;

beforeAll(async () => {
  world = await startFaultWorld();
  let told: Telling | undefined;
  const recording = recorder(STORY, () => told);
  const { telling } = await playStory(world, STORY, {
    onCommand: recording.onCommand,
    onTold: (telling) => {
      told = telling;
    },
  });
  ({ calls } = recording);
  emulated = (await world.control.calls({ account: PROVIDER })).filter(
    ({ service }) => service === 'ec2',
  ).length;
  const run = await world.client.workflow.getHandle(telling.point.provisionId).describe();
  events = run.historyLength;
}, STACK_START_MS);
afterAll(async () => {
  noteTried({ points, leaked });
  await world.stop();
});

/** One point: its name, how it is played, and how it may end. */
interface Point {
  readonly name: string;
  readonly ends: readonly string[];
  readonly play: (slot: number) => Promise<Outcome & { reached: boolean }>;
}

async function problemsOf({ ends, play }: Point, slot: number): Promise<string[]> {
  const { telling, final, reached } = await play(slot);
  leaked += telling.findings.leaked.length;
  const problems = [...telling.findings.violations];
  if (!reached) problems.push('was never reached');
  if (!ends.includes(final)) problems.push(`ended as ${final}, not as ${ends.join(' or ')}`);
  if (final === 'failed') {
    const code = telling.last?.failure?.code ?? 'nothing';
    if (code !== 'AwsRefused') problems.push(`failed by ${code}`);
  }
  return problems;
}

async function tryAll(all: readonly Point[]): Promise<string[]> {
  const items = tried(all, randomFrom(SEED));
  points += items.length;
  return problemsAt({ limit: FAULT_REGIONS.length, items, nameOf: ({ name }) => name }, problemsOf);
}

function faulty(name: string, faults: readonly PlannedCallFault[], ends: readonly string[]): Point {
  return {
    name,
    ends,
    play: async (slot) => {
      const region = FAULT_REGIONS[slot] ?? '';
      const armed = armCalls(world.control, region, faults);
      const outcome = await playStory(world, STORY, {
        region,
        slot,
        onCommand: armed.onCommand,
        onParked: () => armed.lift(),
      });
      await armed.lift();
      // Where the first fault ended the run early, the second may have had nothing to strike.
      return { ...outcome, reached: armed.hits() > 0 };
    },
  };
}

function killed(name: string, killing: Killing, how: { maxCachedWorkflows?: number } = {}): Point {
  return {
    name,
    ends: ['released'],
    play: async () => {
      const { died, ...outcome } = await playKilled(world, STORY, { ...how, killing });
      return { ...outcome, reached: died };
    },
  };
}

const place = ({ action, nth }: RecordedAwsCall): string => `${action}#${nth.toString()}`;
const isRead = ({ action }: RecordedAwsCall): boolean => action.startsWith('Describe');
/** What AWS refuses while a connection is made ends the run; while it is kept or taken down it is waited out. */
const canBeRefused = ({ workflowType }: RecordedAwsCall): boolean => workflowType === 'provisionPeering';
const endsBy = (fault: CallFault): string[] => [fault === 'refused' ? 'failed' : 'released'];

/** So many calls after the first fault the second one strikes: in the next attempt, or in the undoing. */
const SECOND_AFTER = [1, 2, 3, 5, 8];

describe(`fault points by call to AWS (seed ${SEED.toString()})`, () => {
  it('come from a recording that has every call that reached AWS', () => {
    expect(calls.length).toBe(emulated);
    expect(calls.filter((call) => !isRead(call)).length).toBeGreaterThanOrEqual(15);
    expect(new Set(calls.map(place)).size).toBe(calls.length);
  });

  it(
    'T1: an error, a lost reply, throttling, a repeated call, a refusal, a missing permission',
    async () => {
      const all = calls.flatMap((call) =>
        CALL_FAULTS.filter((fault) => fault !== 'refused' || canBeRefused(call)).map((fault) =>
          faulty(`${place(call)} ${fault}`, [{ at: call, fault }], endsBy(fault)),
        ),
      );
      expect(await tryAll(all)).toEqual([]);
    },
    CALLS_MS,
  );

  it(
    'T1: SIGKILL right before and right after',
    async () => {
      const all = calls.flatMap((call) =>
        (['before', 'after'] as const).map((when) =>
          killed(`${place(call)} killed ${when}`, { of: 'action', name: call.action, nth: call.nth, when }),
        ),
      );
      expect(await tryAll(all)).toEqual([]);
    },
    CALLS_MS,
  );

  it(
    'T2: pairs, the second one also while undoing',
    async () => {
      const all = calls
        .filter((call) => !isRead(call))
        .flatMap((call) =>
          (['error', 'lost-reply', 'refused'] as const)
            .filter((fault) => fault !== 'refused' || canBeRefused(call))
            .flatMap((fault) =>
              SECOND_AFTER.flatMap((after) =>
                (['error', 'lost-reply'] as const).map((second) =>
                  faulty(
                    `${place(call)} ${fault}, then ${second} ${after.toString()} calls later`,
                    [
                      { at: call, fault },
                      { at: { after }, fault: second },
                    ],
                    endsBy(fault),
                  ),
                ),
              ),
            ),
        );
      expect(await tryAll(all)).toEqual([]);
    },
    CALLS_MS,
  );

  it(
    'T4: SIGKILL at every event of the history, whether or not workflows are cached',
    async () => {
      const all = Array.from({ length: events - 1 }, (_, index) => index + 1).flatMap((event) =>
        [0, 1].map((maxCachedWorkflows) =>
          killed(
            `killed at event ${event.toString()}, cache ${maxCachedWorkflows.toString()}`,
            { of: 'event', event },
            { maxCachedWorkflows },
          ),
        ),
      );
      expect(await tryAll(all)).toEqual([]);
    },
    CALLS_MS,
  );
});
