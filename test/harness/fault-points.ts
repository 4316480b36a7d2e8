/** Fault points: which activities a story calls comes from recordings, so that none can be forgotten. */
import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import { WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { arm, type Around, type ArmedFault, type Fault, type PlannedFault } from './fault-activities.js';
import { reportOf } from './fault-invariants.js';
import {
  changeAccess,
  check,
  connectAndClose,
  decline,
  drift,
  MANY_PORTS,
  notify,
  observe,
  plan,
  swapAccess,
  sweep,
} from './fault-stories.js';
import { manage, verify } from './fault-stories-of-addresses.js';
import { falseClaim, requestTwice } from './fault-stories-of-mistakes.js';
import { tell, type Phase, type Story, type Telling } from './fault-telling.js';
import type { Death } from './fault-victim.js';
import type { RunningWorker } from './fault-worker.js';
import type { FaultWorld, HowToRun, OtherCode, VictimTuning, WantedPoint } from './fault-world.js';

interface PlannedStory {
  readonly play: Story;
  readonly wanted?: WantedPoint;
}

/** Together they call every activity there is. */
export const STORIES: Readonly<Record<string, PlannedStory>> = {
  connectAndClose: { play: connectAndClose },
  decline: { play: decline },
  changeAccess: { play: changeAccess },
  swapAccess: { play: swapAccess, wanted: { ports: MANY_PORTS } },
  falseClaim: { play: falseClaim },
  requestTwice: { play: requestTwice },
  drift: { play: drift },
  sweep: { play: sweep },
  notify: { play: notify, wanted: { notified: true } },
  plan: { play: plan },
  observe: { play: observe },
  check: { play: check },
  manage: { play: manage },
  verify: { play: verify },
};

/** A call of an activity in a story in which nothing goes wrong. */
export interface RecordedCall {
  readonly story: string;
  readonly activity: string;
  /** From 1, of this activity in this story. */
  readonly nth: number;
  readonly phase: Phase;
  readonly workflowType: string;
  /** It calls AWS, and says that it lives by heartbeats. */
  readonly onAws: boolean;
}

export interface Recording {
  readonly story: string;
  readonly calls: readonly RecordedCall[];
  /** States it was seen in. */
  readonly seen: readonly string[];
  readonly violations: readonly string[];
}

export interface Outcome {
  readonly telling: Telling;
  readonly final: string;
}

const storyOf = (name: string): PlannedStory => {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`no story is named ${name}`);
  return story;
};

/** Plays a story with nothing going wrong, and notes what it calls. */
export async function record(world: FaultWorld, story: string, slot: number): Promise<Recording> {
  const calls: RecordedCall[] = [];
  let told: Telling | undefined;
  const around: Around = (activity, call) => {
    const { heartbeatTimeoutMs, workflowType = '' } = activityInfo();
    const nth = calls.filter((earlier) => earlier.activity === activity).length + 1;
    const onAws = heartbeatTimeoutMs !== undefined && heartbeatTimeoutMs > 0;
    calls.push({ story, activity, nth, phase: told?.phase ?? 'connecting', workflowType, onAws });
    return call();
  };
  const { telling } = await playStory(world, story, {
    slot,
    around,
    onTold: (telling) => {
      told = telling;
    },
  });
  return { story, calls, seen: telling.seen, violations: telling.findings.violations };
}

/** One point by activity: a fault at a call of a recording. */
export interface ActivityPoint extends PlannedFault {
  readonly call: RecordedCall;
}

export const nameOf = ({ call, fault }: ActivityPoint): string =>
  `${call.story}: ${call.activity}#${call.nth.toString()} ${fault}`;

/** Runs that park; looks that a Schedule or a person repeats do not. */
const PARKING_WORKFLOWS: readonly string[] = [WORKFLOW.provisionPeering, WORKFLOW.maintainPeering];

/** What `maintainPeering` insists on: a refused one waits ten minutes before it is tried again. */
const LOOKS_OF_THE_KEEPER: readonly string[] = ['describePeeringConnection', 'findDrift'];

/**
 * What can go wrong at a call. An undo that is refused waits ten minutes before it is tried again: `undo-refused.test.ts`
 * tries it where time can be skipped.
 */
function faultsAt({ story, phase, onAws, workflowType, activity }: RecordedCall): Fault[] {
  // A change of access never parks, and what is refused while drift is repaired is waited out as an undo is.
  const parks = phase !== 'keeping' || story === 'drift';
  const isKept = workflowType === WORKFLOW.maintainPeering;
  const isWaitedOut =
    phase === 'releasing' ||
    (phase === 'keeping' && story === 'drift') ||
    (isKept && LOOKS_OF_THE_KEEPER.includes(activity));
  return [
    'fails-before',
    'reply-lost',
    'runs-twice',
    ...(isWaitedOut ? [] : (['refused', 'refused-after'] as const)),
    ...(parks && onAws && PARKING_WORKFLOWS.includes(workflowType) ? (['denied'] as const) : []),
  ];
}

export function pointsAt(call: RecordedCall): ActivityPoint[] {
  return faultsAt(call).map((fault) => ({ call, fault, activity: call.activity, nth: call.nth }));
}

/** One undoes what `maintainPeering` keeps, the other what `provisionPeering` has begun. */
const UNDOING_STORIES: readonly string[] = ['connectAndClose', 'decline'];

/** The first call of each activity, and each first call that undoes something in either way. */
export function firstCalls(recordings: readonly Recording[]): RecordedCall[] {
  const all = recordings.flatMap(({ calls }) => calls);
  return all.filter((call, index) => {
    const isFirst = all.findIndex(({ activity }) => activity === call.activity) === index;
    const isUndo =
      UNDOING_STORIES.includes(call.story) &&
      call.phase === 'releasing' &&
      call.nth === firstInRelease(all, call);
    return isFirst || isUndo;
  });
}

function firstInRelease(all: readonly RecordedCall[], { story, activity }: RecordedCall): number {
  const of = all.find(
    (call) => call.story === story && call.activity === activity && call.phase === 'releasing',
  );
  return of?.nth ?? 0;
}

/** Plays the story with the fault in it. Throws where it does not come to an end. */
export async function playWith(
  world: FaultWorld,
  { call, ...fault }: ActivityPoint,
  slot: number,
): Promise<Outcome & { armed: ArmedFault }> {
  const armed = arm(fault);
  const outcome = await playStory(world, call.story, {
    slot,
    around: armed.around,
    onParked: () => armed.lift(),
  });
  return { ...outcome, armed };
}

export interface HowToPlay extends HowToRun, OtherCode {
  readonly onParked?: () => unknown;
  readonly onTold?: (telling: Telling) => void;
  readonly region?: string;
  /** Whose worker it shares; other code has a worker of its own. */
  readonly slot?: number;
  /** How long each step may take, in milliseconds. */
  readonly withinMs?: number;
}

/** Plays a story under whatever goes wrong; a parked run is looked at, then helped. */
export async function playStory(
  world: FaultWorld,
  story: string,
  { onParked, region, slot, onTold, withinMs, ...how }: HowToPlay = {},
): Promise<Outcome> {
  const { play, wanted } = storyOf(story);
  const regional = { ...wanted, ...(region === undefined ? {} : { region }) };
  // Settings of its own need a worker of its own.
  const shares = slot !== undefined && wanted?.notified !== true;
  const point = await (shares ? world.newPointIn(slot, regional) : world.newPoint(regional));
  const telling = tell(world, point, withinMs);
  onTold?.(telling);
  if (onParked !== undefined) {
    telling.onParked = async (status) => {
      await checkParked(telling, status);
      await onParked();
    };
  }
  const worker = await world.startWorker(point, how);
  try {
    await play(telling);
  } finally {
    await worker.stop();
  }
  return { telling, final: telling.seen.at(-1) ?? 'nothing' };
}

/** Visible, saying what it waits for, and with its block still held: nothing of it is given away meanwhile. */
async function checkParked({ world, point, findings }: Telling, status: PeeringStatus): Promise<void> {
  if (status.parked === null || status.parked.for === '' || status.nextStep.what === '') {
    findings.violations.push(`${point.connection} does not say what it waits for`);
  }
  const { held } = await reportOf(world.client, point.request.organizationId);
  if (status.plan !== null && !held.some(({ holder }) => holder === point.connection)) {
    findings.violations.push(`${point.connection} is parked, and its block is free`);
  }
}

/** How a worker dies: by itself at a call, or by our hand when the run's history has so many events. */
export type Killing = Death | EventOfRun;

/** So many events are in the history of the run that asks for the connection, or of the one that keeps it. */
export interface EventOfRun {
  readonly of: 'event';
  readonly run: 'provisionId' | 'maintainId';
  readonly event: number;
}

export const NEVER: Death = { of: 'activity', name: 'none', nth: 1, when: 'before' };
const EVENT_POLL_MS = 10;

/** Plays a story with a worker that dies, and another in its place from then on. */
export async function playKilled(
  world: FaultWorld,
  story: string,
  { killing, ...heirs }: VictimTuning & { killing: Killing },
): Promise<Outcome & { died: boolean }> {
  const { play, wanted } = storyOf(story);
  const point = await world.newPoint(wanted);
  const telling = tell(world, point);
  const victim = await world.startVictim(point, killing.of === 'event' ? NEVER : killing, heirs);
  let died = false;
  let ended = false;
  let heir: RunningWorker | undefined;
  const succession = victim.exited.then(async ({ signal }) => {
    if (ended) return;
    died = signal === 'SIGKILL';
    heir = await world.startWorker(point, heirs);
  });
  const killer = killing.of === 'event' ? killAtEvent(killing) : Promise.resolve();
  async function killAtEvent({ run: ofRun, event }: EventOfRun): Promise<void> {
    const run = world.client.workflow.getHandle(point[ofRun]);
    while (!ended) {
      const seen = await run.describe().catch(() => undefined);
      if ((seen?.historyLength ?? 0) >= event) victim.kill('SIGKILL');
      await delay(EVENT_POLL_MS);
    }
  }
  try {
    await play(telling);
  } finally {
    ended = true;
    await killer;
    await victim.stop();
    await succession;
    await heir?.stop();
  }
  return { telling, final: telling.seen.at(-1) ?? 'nothing', died };
}
