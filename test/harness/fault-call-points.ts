/** Fault points by call to AWS, and along the histories: all there are, from recordings. */
import { armCalls, CALL_FAULTS } from './fault-calls.js';
import type { CallFault, PlannedCallFault, RecordedAwsCall } from './fault-calls.js';
import { playKilled, type Killing } from './fault-kills.js';
import { playStory, type Outcome } from './fault-play.js';
import type { Recording } from './fault-recordings.js';
import { FAULT_REGIONS, type FaultWorld } from './fault-world.js';

/** One point: its name, how it is played, and how it has to end all the same. */
export interface CallPoint {
  readonly story: string;
  readonly name: string;
  readonly end: string;
  /** So often something goes wrong in every run: how often AWS is looked at depends on when. */
  readonly certain: number;
  /** As how many points so many hits count. */
  readonly worth: (hits: number) => number;
  readonly play: (world: FaultWorld, slot: number) => Promise<Outcome & { hits: number }>;
}

export const place = ({ action, nth }: RecordedAwsCall): string => `${action}#${nth.toString()}`;
export const isRead = ({ action }: RecordedAwsCall): boolean => action.startsWith('Describe');

/** What AWS may say is still needed by something. */
const DELETES = ['DeleteSecurityGroup', 'DeleteSubnet', 'DeleteNetworkAcl', 'DeleteVpc'];

/** What AWS refuses parks the run, and ends a change of access, which is taken back; a change never parks. */
export function canBe(fault: CallFault, { action, phase }: RecordedAwsCall): boolean {
  if (fault === 'denied') return phase !== 'keeping';
  if (fault === 'in-use') return phase === 'releasing' && DELETES.includes(action);
  return true;
}

interface Faulty {
  readonly at: RecordedAwsCall;
  readonly faults: readonly PlannedCallFault[];
  readonly name: string;
}

function faulty({ end }: Recording, { at, faults, name }: Faulty): CallPoint {
  return {
    story: at.story,
    name: `${at.story}: ${place(at)} ${name}`,
    certain: isRead(at) ? 0 : 1,
    worth: (hits) => Math.min(hits, 1),
    end,
    play: async (world, slot) => {
      const region = FAULT_REGIONS[slot] ?? '';
      const armed = armCalls(world.control, region, faults);
      const outcome = await playStory(world, at.story, {
        region,
        slot,
        onCommand: armed.onCommand,
        lasting: armed,
      });
      await armed.lift();
      return { ...outcome, hits: armed.hits() };
    },
  };
}

/** T1: each of these faults, where it can be, at each call. */
export function callPoints(recording: Recording, faults: readonly CallFault[] = CALL_FAULTS): CallPoint[] {
  return recording.awsCalls.flatMap((at) =>
    faults
      .filter((fault) => canBe(fault, at))
      .map((fault) => faulty(recording, { at, faults: [{ at, fault }], name: fault })),
  );
}

const FIRST = ['error', 'lost-reply', 'refused'] as const;
const SECOND = ['error', 'lost-reply', 'throttled', 'twice', 'refused'] as const;

/** So many calls after the first fault the second one strikes: in the next attempt, or in the undoing. */
const SECOND_AFTER = [1, 2, 3, 5, 8];

/** T2: pairs that begin at a call that changes something. */
export function pairPoints(recording: Recording): CallPoint[] {
  return recording.awsCalls
    .filter((at) => !isRead(at))
    .flatMap((at) =>
      FIRST.filter((fault) => canBe(fault, at)).flatMap((fault) =>
        SECOND_AFTER.flatMap((after) =>
          SECOND.filter(
            (second) => second !== 'refused' || canBeRefusedAfter(recording, { at, fault, after }),
          ).map((second) =>
            faulty(recording, {
              at,
              faults: [
                { at, fault },
                { at: { after }, fault: second },
              ],
              name: `${fault}, then ${second} ${after.toString()} calls later`,
            }),
          ),
        ),
      ),
    );
}

/**
 * Whether so many calls after the first fault the connection is surely still being made: what is repeated only puts off what
 * comes next.
 */
function canBeRefusedAfter(
  { awsCalls }: Recording,
  { at, fault, after }: { at: RecordedAwsCall; fault: CallFault; after: number },
): boolean {
  if (fault === 'refused') return false;
  return at.phase === 'connecting' && awsCalls[awsCalls.indexOf(at) + after]?.phase === 'connecting';
}

function killed({ story, end }: Recording, name: string, how: KilledHow): CallPoint {
  const { isCertain, killings, ...tuning } = how;
  return {
    story,
    name: `${story}: killed ${name}`,
    certain: isCertain ? killings.length : 0,
    worth: (hits) => hits,
    end,
    play: async (world) => {
      const { died, ...outcome } = await playKilled(world, story, { ...tuning, killings });
      return { ...outcome, hits: died };
    },
  };
}

interface KilledHow {
  readonly killings: readonly Killing[];
  readonly isCertain: boolean;
  readonly maxCachedWorkflows?: number;
}

/** T1: SIGKILL right before each call; the worker that makes it again is killed right after it. */
export function killPoints(recording: Recording): CallPoint[] {
  return recording.awsCalls.map((call) =>
    killed(recording, `before and after ${place(call)}`, {
      isCertain: !isRead(call),
      killings: [
        { of: 'action', name: call.action, nth: call.nth, when: 'before' },
        { of: 'action', name: call.action, nth: 1, when: 'after' },
      ],
    }),
  );
}

/** T4: SIGKILL at each event of each history but its last, with workflows cached or not. */
export function eventPoints(recording: Recording): CallPoint[] {
  return recording.events.flatMap(({ run, count }) =>
    Array.from({ length: count - 1 }, (_, index) => index + 1).flatMap((event) =>
      [0, 1].map((maxCachedWorkflows) =>
        killed(recording, `at event ${event.toString()} of ${run}, cache ${maxCachedWorkflows.toString()}`, {
          // The last ones may be written before they are seen.
          isCertain: event < count - EVENTS_OF_THE_END,
          killings: [{ of: 'event', run, event }],
          maxCachedWorkflows,
        }),
      ),
    ),
  );
}

const EVENTS_OF_THE_END = 12;
