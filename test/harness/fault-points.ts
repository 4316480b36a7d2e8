/** Fault points by activity: which there are comes from recordings, so that none can be forgotten. */
import { WORKFLOW } from '../../contract/names.js';
import { arm, HARMLESS, type ArmedFaults, type Fault, type PlannedFault } from './fault-activities.js';
import { playStory, type Outcome } from './fault-play.js';
import type { RecordedCall, Recording } from './fault-recordings.js';
import type { FaultWorld } from './fault-world.js';

/** One point by activity: a fault at a call of a recording. */
export interface ActivityPoint extends PlannedFault {
  readonly call: RecordedCall;
}

export const nameOf = ({ call, fault }: ActivityPoint): string =>
  `${call.story}: ${call.activity}#${call.nth.toString()} ${fault}`;

/** Runs that park; looks that a Schedule or a person repeats do not. */
const PARKING_WORKFLOWS: readonly string[] = [WORKFLOW.provisionPeering, WORKFLOW.maintainPeering];

/** Somebody waits for their answer, and may give them again. */
const ORDERS: readonly string[] = [WORKFLOW.manageAddresses, WORKFLOW.verifyAddresses];

/** Whether a call that is refused may make the whole come to nothing; whatever else is refused waits and goes on. */
export function mayComeToNothing({ workflowType, phase }: RecordedCall): boolean {
  const isChange = workflowType === WORKFLOW.maintainPeering && phase !== 'releasing';
  return isChange || ORDERS.includes(workflowType);
}

/** What can go wrong at a call. */
function faultsAt({ story, phase, onAws, workflowType }: RecordedCall): Fault[] {
  // A change of access never parks.
  const parks = phase !== 'keeping' || story === 'drift';
  return [
    'fails-before',
    'reply-lost',
    'runs-twice',
    'refused',
    'refused-after',
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

/**
 * What is tried in one run of a story: at all calls what changes nothing of the end; what parks a run, at one call of each
 * activity, for a run tries again what it is parked for; what may make it come to nothing, alone.
 */
export function batchesOf(points: readonly ActivityPoint[]): ActivityPoint[][] {
  const batches: ActivityPoint[][] = [];
  for (const point of points) {
    const batch = batches.find((others) => others.every((other) => goTogether(point, other)));
    if (batch === undefined) batches.push([point]);
    else batch.push(point);
  }
  return batches;
}

function goTogether(one: ActivityPoint, other: ActivityPoint): boolean {
  if (one.call.story !== other.call.story || one.fault !== other.fault) return false;
  if (HARMLESS.includes(one.fault)) return true;
  return one.activity !== other.activity && !mayComeToNothing(one.call) && !mayComeToNothing(other.call);
}

/** Plays the story of a batch with its faults in it. Throws where it does not come to an end. */
export async function playWith(
  world: FaultWorld,
  batch: readonly ActivityPoint[],
  slot: number,
): Promise<Outcome & { armed: ArmedFaults<ActivityPoint> }> {
  const armed = arm(batch);
  const story = batch[0]?.call.story ?? '';
  const outcome = await playStory(world, story, { slot, around: armed.around, lasting: armed });
  return { ...outcome, armed };
}
