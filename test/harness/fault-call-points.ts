/** Fault points by call to AWS, and along the histories: all there are, from recordings. */
import { PROVIDER } from './emulator.js';
import { armCalls, CALL_FAULTS, recorder } from './fault-calls.js';
import type { CallFault, PlannedCallFault, RecordedAwsCall } from './fault-calls.js';
import { playKilled, playStory, type EventOfRun, type Killing, type Outcome } from './fault-points.js';
import type { Telling } from './fault-telling.js';
import { FAULT_REGIONS, type FaultWorld } from './fault-world.js';

/** What a story calls, how it ends, and how long its histories are, with nothing going wrong. */
export interface CallRecording {
  readonly story: string;
  readonly calls: readonly RecordedAwsCall[];
  readonly end: string;
  readonly events: readonly { readonly run: EventOfRun['run']; readonly count: number }[];
}

/** One at a time: it counts the emulator's own calls besides. */
export async function recordCalls(
  world: FaultWorld,
  story: string,
): Promise<CallRecording & { emulated: number }> {
  let told: Telling | undefined;
  const { calls, onCommand } = recorder(story, () => told);
  const before = await callsOfProvider(world);
  const { telling, final } = await playStory(world, story, {
    onCommand,
    onTold: (telling) => {
      told = telling;
    },
  });
  const emulated = (await callsOfProvider(world)) - before;
  const events: CallRecording['events'][number][] = [];
  for (const run of ['provisionId', 'maintainId'] as const) {
    const count = await world.client.workflow
      .getHandle(telling.point[run])
      .describe()
      .then(({ historyLength }) => historyLength)
      .catch(() => 0);
    if (count > 0) events.push({ run, count });
  }
  return { story, calls, end: final, events, emulated };
}

async function callsOfProvider({ control }: FaultWorld): Promise<number> {
  return (await control.calls({ account: PROVIDER })).filter(({ service }) => service === 'ec2').length;
}

/** One point: its name, how it is played, and how it has to end when so many faults have struck. */
export interface CallPoint {
  readonly story: string;
  readonly name: string;
  readonly endAfter: (hits: number) => string;
  /** Whether it is there in every run: how often AWS is looked at depends on when. */
  readonly isCertain: boolean;
  readonly play: (world: FaultWorld, slot: number) => Promise<Outcome & { hits: number }>;
}

const place = ({ action, nth }: RecordedAwsCall): string => `${action}#${nth.toString()}`;
export const isRead = ({ action }: RecordedAwsCall): boolean => action.startsWith('Describe');

/** What AWS may say is still needed by something. */
const DELETES = ['DeleteSecurityGroup', 'DeleteSubnet', 'DeleteNetworkAcl', 'DeleteVpc'];

/**
 * What AWS refuses while a connection is made ends the run, and while access is changed the change; while it is taken down it
 * is waited out, for ten minutes. A change never parks.
 */
function canBe(fault: CallFault, { action, phase }: RecordedAwsCall): boolean {
  if (fault === 'refused') return phase !== 'releasing';
  if (fault === 'denied') return phase !== 'keeping';
  if (fault === 'in-use') return phase === 'releasing' && DELETES.includes(action);
  return true;
}

interface Faulty {
  readonly at: RecordedAwsCall;
  readonly faults: readonly PlannedCallFault[];
  readonly name: string;
}

function faulty({ end }: CallRecording, { at, faults, name }: Faulty): CallPoint {
  return {
    story: at.story,
    name: `${at.story}: ${place(at)} ${name}`,
    isCertain: !isRead(at),
    endAfter: (hits) => {
      const isRefused = faults.slice(0, hits).some(({ fault }) => fault === 'refused');
      return isRefused && at.phase === 'connecting' ? 'failed' : end;
    },
    play: async (world, slot) => {
      const region = FAULT_REGIONS[slot] ?? '';
      const armed = armCalls(world.control, region, faults);
      const outcome = await playStory(world, at.story, {
        region,
        slot,
        onCommand: armed.onCommand,
        onParked: () => armed.lift(),
      });
      await armed.lift();
      return { ...outcome, hits: armed.hits() };
    },
  };
}

/** T1: each fault that can be, at each call. */
export function callPoints(recording: CallRecording): CallPoint[] {
  return recording.calls.flatMap((at) =>
    CALL_FAULTS.filter((fault) => canBe(fault, at)).map((fault) =>
      faulty(recording, { at, faults: [{ at, fault }], name: fault }),
    ),
  );
}

const FIRST = ['error', 'lost-reply', 'refused'] as const;
const SECOND = ['error', 'lost-reply', 'throttled', 'twice', 'refused'] as const;

/** So many calls after the first fault the second one strikes: in the next attempt, or in the undoing. */
const SECOND_AFTER = [1, 2, 3, 5, 8];

/** T2: pairs that begin at a call that changes something. */
export function pairPoints(recording: CallRecording): CallPoint[] {
  return recording.calls
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
  { calls }: CallRecording,
  { at, fault, after }: { at: RecordedAwsCall; fault: CallFault; after: number },
): boolean {
  if (fault === 'refused') return false;
  return at.phase === 'connecting' && calls[calls.indexOf(at) + after]?.phase === 'connecting';
}

function killed({ story, end }: CallRecording, name: string, how: KilledHow): CallPoint {
  const { isCertain, killing, ...tuning } = how;
  return {
    story,
    name: `${story}: ${name}`,
    isCertain,
    endAfter: () => end,
    play: async (world) => {
      const { died, ...outcome } = await playKilled(world, story, { ...tuning, killing });
      return { ...outcome, hits: died ? 1 : 0 };
    },
  };
}

interface KilledHow {
  readonly killing: Killing;
  readonly isCertain: boolean;
  readonly maxCachedWorkflows?: number;
}

/** T1: SIGKILL right before and right after each call. */
export function killPoints(recording: CallRecording): CallPoint[] {
  return recording.calls.flatMap((call) =>
    (['before', 'after'] as const).map((when) =>
      killed(recording, `killed ${when} ${place(call)}`, {
        isCertain: !isRead(call),
        killing: { of: 'action', name: call.action, nth: call.nth, when },
      }),
    ),
  );
}

/** T4: SIGKILL at each event of each history but its last, with workflows cached or not. */
export function eventPoints(recording: CallRecording): CallPoint[] {
  return recording.events.flatMap(({ run, count }) =>
    Array.from({ length: count - 1 }, (_, index) => index + 1).flatMap((event) =>
      [0, 1].map((maxCachedWorkflows) =>
        killed(
          recording,
          `killed at event ${event.toString()} of ${run}, cache ${maxCachedWorkflows.toString()}`,
          {
            // The last ones may be written before they are seen.
            isCertain: event < count - EVENTS_OF_THE_END,
            killing: { of: 'event', run, event },
            maxCachedWorkflows,
          },
        ),
      ),
    ),
  );
}

const EVENTS_OF_THE_END = 12;
