/** Plays the stories, under whatever goes wrong. */
import type { PeeringStatus } from '../../contract/status.js';
import { reportOf } from './fault-questions.js';
import {
  cancel,
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
import { cancelAndClaim, falseClaim, requestTwice } from './fault-stories-of-mistakes.js';
import { tell, type Story, type Telling } from './fault-telling.js';
import type { FaultWorld, HowToRun, OtherCode, WantedPoint, WorkerTuning } from './fault-world.js';

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
  cancelAndClaim: { play: cancelAndClaim },
  drift: { play: drift },
  sweep: { play: sweep },
  notify: { play: notify, wanted: { notified: true } },
  plan: { play: plan },
  observe: { play: observe },
  check: { play: check },
  manage: { play: manage },
  verify: { play: verify },
  cancel: { play: cancel },
};

export interface Outcome {
  readonly telling: Telling;
  readonly final: string;
}

export const storyOf = (name: string): PlannedStory => {
  const story = STORIES[name];
  if (story === undefined) throw new Error(`no story is named ${name}`);
  return story;
};

/** What stands in the way until it is lifted. */
interface Lasting {
  lasting(): readonly unknown[];
  lift(): unknown;
}

export interface HowToPlay extends HowToRun, OtherCode, WorkerTuning {
  /** Seen to while the run is parked. */
  readonly lasting?: Lasting;
  readonly onTold?: (telling: Telling) => void;
  readonly region?: string;
  /** Whose worker it shares; other code and other tuning have a worker of their own. */
  readonly slot?: number;
  /** How long each step may take, in milliseconds. */
  readonly withinMs?: number;
}

/** Plays a story under whatever goes wrong; a parked run is looked at, then helped. */
export async function playStory(
  world: FaultWorld,
  story: string,
  { lasting, region, slot, onTold, withinMs, ...how }: HowToPlay = {},
): Promise<Outcome> {
  const { play, wanted } = storyOf(story);
  const regional = { ...wanted, ...(region === undefined ? {} : { region }) };
  // Settings of its own need a worker of its own.
  const shares = slot !== undefined && wanted?.notified !== true;
  const point = await (shares ? world.newPointIn(slot, regional) : world.newPoint(regional));
  const telling = tell(world, point, withinMs);
  onTold?.(telling);
  if (lasting !== undefined) telling.onParked = helper(telling, lasting);
  const worker = await world.startWorker(point, how);
  try {
    await play(telling);
  } finally {
    await worker.stop();
  }
  return { telling, final: telling.seen.at(-1) ?? 'nothing' };
}

/** Looks at the run when it is parked for the first time, and whenever there is something to lift. */
function helper(telling: Telling, lasting: Lasting): NonNullable<Telling['onParked']> {
  let looked = false;
  return async (status) => {
    if (looked && lasting.lasting().length === 0) return;
    looked = true;
    await checkParked(telling, status);
    await lasting.lift();
  };
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
