/**
 * T6: what people may do to a connection, in sequences drawn by the seed, beside a model of what must come of it. After each
 * deed the real connection is what the model says, and the invariants hold.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayClient } from '../../client/causeway-client.js';
import { EXHAUSTIVE, HANG_MS, noteTried, SEED } from '../harness/fault-plan.js';
import { startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { ModelledConnection, SUGGEST_CONTINUE_AS_NEW_AT } from '../harness/model-connection.js';
import { LIVING_DEEDS } from '../harness/model-living-deeds.js';
import { runLane, type Lane, type Replay, type Tally } from '../harness/model-run.js';
import { FORGETFUL_DEEDS, WAITING_DEEDS } from '../harness/model-waiting-deeds.js';

/** Those that leave the emulator's clock alone, so that many sequences of them can go on side by side. */
const DEEDS = { ...WAITING_DEEDS, ...LIVING_DEEDS };
const ALL_DEEDS = { ...DEEDS, ...FORGETFUL_DEEDS };

const SIDE_BY_SIDE = 3;
const SEQUENCES = EXHAUSTIVE ? 60 : 2;
const MOST_DEEDS = EXHAUSTIVE ? 100 : 50;
/** To end with a message of its own, rather than jest's. */
const WITHIN_MS = HANG_MS - 120_000;

/** All that is left of a sequence of which most deeds cannot be done in the state it has come to. */
const FEWEST_DEEDS = 3 * SEQUENCES;

let world: FaultWorld;
const tally: Tally = { done: new Map(), leaked: 0 };
const replay = replayOf(process.env['CAUSEWAY_MODEL']);

beforeAll(async () => {
  world = await startFaultWorld({ suggestContinueAsNewAt: SUGGEST_CONTINUE_AS_NEW_AT });
}, HANG_MS);
afterAll(async () => {
  noteTried({ points: deedsDone(), leaked: tally.leaked });
  await world.stop();
});

const deedsDone = (): number => [...tally.done.values()].reduce((sum, count) => sum + count, 0);

/** As a counterexample is printed with. */
function replayOf(text: string | undefined): Replay | null {
  if (text === undefined) return null;
  const parsed: unknown = JSON.parse(text);
  const { lane, path, replayPath } = Object(parsed) as Partial<Record<keyof Replay, unknown>>;
  if (typeof lane !== 'string' || typeof path !== 'string' || typeof replayPath !== 'string') {
    throw new Error(`CAUSEWAY_MODEL: expected lane, path and replayPath as printed, got '${text}'`);
  }
  return { lane, path, replayPath };
}

/** To ask again is all that can be done to a connection that is over, so that it is drawn more often. */
const OFTEN = ['request', 'request', 'request', 'accept in AWS, and say so'];
const FORGETFUL = Array.from({ length: 5 }, () => Object.keys(FORGETFUL_DEEDS)).flat();

function laneOf(name: string, slot: number, drawn: Pick<Lane, 'deeds' | 'often'>): Lane {
  return {
    name,
    slot,
    seed: SEED + slot,
    sequences: SEQUENCES,
    mostDeeds: MOST_DEEDS,
    withinMs: WITHIN_MS,
    ...drawn,
  };
}

async function problemsIn(lanes: readonly Lane[]): Promise<string[]> {
  const chosen = lanes.filter(({ name }) => replay === null || replay.lane === name);
  const found = await Promise.all(chosen.map((lane) => runLane(world, lane, { tally, replay })));
  return found.filter((problem) => problem !== null);
}

describe(`a connection and its model (seed ${SEED.toString()})`, () => {
  it(
    'agree whatever is done to it, several at a time',
    async () => {
      const lanes = Array.from({ length: SIDE_BY_SIDE }, (_, slot) =>
        laneOf(`side by side ${slot.toString()}`, slot, { deeds: DEEDS, often: OFTEN }),
      );
      expect(await problemsIn(lanes)).toEqual([]);
    },
    HANG_MS,
  );

  it(
    'agree also where requests are forgotten, one at a time, for AWS has one clock',
    async () => {
      const drawn = { deeds: ALL_DEEDS, often: [...OFTEN, ...FORGETFUL] };
      expect(await problemsIn([laneOf('forgetful', SIDE_BY_SIDE, drawn)])).toEqual([]);
    },
    HANG_MS,
  );

  it('have been through enough to tell', () => {
    if (replay !== null) return;
    expect(deedsDone()).toBeGreaterThanOrEqual(FEWEST_DEEDS);
    const never = Object.keys(ALL_DEEDS).filter((name) => !tally.done.has(name));
    expect(EXHAUSTIVE ? never : []).toEqual([]);
  });
});

it(
  'a request that has continued as new is found by its first execution',
  async () => {
    const real = new ModelledConnection(world, await world.newPointIn(0));
    const first = await real.request();
    await real.quiet();
    await real.flood(real.asking);
    await real.quiet();
    const { taskQueue, request } = real.point;
    const client = new CausewayClient(world.client, { taskQueue });
    const found = await client.request(request);
    expect(found).toMatchObject({ runId: first, wasUnderWay: true });

    await real.flood(real.asking);
    await real.quiet();
    await real.asking.cancel();
    await real.quiet();
    // The execution that was found has been closed as waiting; the request has gone on without it.
    expect((await client.statusOfRequest(found)).state).toBe('cancelled');
  },
  HANG_MS,
);
