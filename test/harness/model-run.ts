/** Sequences of deeds, drawn by a seed: after each of them the real connection is what the model says, and nothing is amiss. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { PeeringStatus } from '../../contract/status.js';
import { ALL_TCP, findingsOf } from './fault-invariants.js';
import { SEED } from './fault-plan.js';
import type { FaultWorld } from './fault-world.js';
import type { Deed, Deeds } from './model-deed.js';
import { ModelledConnection } from './model-connection.js';
import { isOver, isUp, requested, type ConnectionModel } from './model-state.js';

/** As fast-check wants it: changed in place. */
interface Model {
  now: ConnectionModel;
}

export interface Tally {
  /** How often each deed was done, by name. */
  readonly done: Map<string, number>;
  leaked: number;
}

interface Look {
  readonly status: PeeringStatus;
  readonly built: string;
}

class DeedCommand implements fc.AsyncCommand<Model, ModelledConnection> {
  constructor(
    private readonly name: string,
    private readonly deed: Deed,
    private readonly tally: Tally,
  ) {}

  check({ now }: Readonly<Model>): boolean {
    return this.deed.may(now);
  }

  async run(model: Model, real: ModelledConnection): Promise<void> {
    const { name, deed, tally } = this;
    const before = deed.changesNothing === true ? await lookAt(real) : null;
    const predicted = deed.after(model.now);
    await deed.do(real, model.now);
    await real.quiet();
    model.now = await expectAsPredicted(real, predicted, tally);
    if (before !== null) expect(await lookAt(real)).toEqual(before);
    tally.done.set(name, (tally.done.get(name) ?? 0) + 1);
  }

  toString(): string {
    return this.name;
  }
}

/** Without what a claim may change: the history, the next step, how many reminders were told. */
async function lookAt(real: ModelledConnection): Promise<Look> {
  const [status, built] = await Promise.all([real.status(), real.built()]);
  return { status: { ...status, history: [], nextStep: { who: 'nobody', what: '' }, reminders: 0 }, built };
}

async function expectAsPredicted(
  real: ModelledConnection,
  predicted: ConnectionModel,
  tally: Tally,
): Promise<ConnectionModel> {
  const { state, round, agreed } = predicted;
  expect(await real.status()).toMatchObject({ state, round, parked: null });
  let now = predicted;
  if (isUp(predicted) && predicted.amiss) {
    // What was taken away before it was up is seen by the observer's next look, as in production within one interval.
    await real.observe();
    await real.quiet();
    now = { ...predicted, amiss: false };
  }
  const { violations, leaked } = await findingsOf({
    client: real.world.client,
    control: real.world.control,
    points: [real.point],
    agreed: new Map([[real.point.connection, agreed]]),
  });
  tally.leaked += leaked.length;
  expect(violations).toEqual([]);
  return now;
}

/** Whatever it has come to is taken down, and leaves nothing. */
async function takeDown(real: ModelledConnection, { now }: Model, tally: Tally): Promise<void> {
  if (isOver(now)) return;
  await (isUp(now) ? real.keeping : real.asking).cancel();
  await real.quiet();
  const state = isUp(now) ? 'released' : 'cancelled';
  await expectAsPredicted(real, { ...now, state }, tally);
}

export interface Lane {
  readonly name: string;
  /** Whose worker it uses. */
  readonly slot: number;
  readonly seed: number;
  readonly deeds: Deeds;
  /** Deeds that are drawn more often. */
  readonly often: readonly string[];
  readonly sequences: number;
  readonly mostDeeds: number;
  readonly withinMs: number;
}

/** What fast-check prints of a counterexample, and takes to try that one alone. */
export interface Replay {
  readonly lane: string;
  readonly path: string;
  readonly replayPath: string;
}

/** @returns what was found wrong, with all that is needed to see it again; null where nothing was */
export async function runLane(
  world: FaultWorld,
  lane: Lane,
  { tally, replay }: { tally: Tally; replay: Replay | null },
): Promise<string | null> {
  const names = [...Object.keys(lane.deeds), ...lane.often];
  const commands = names.flatMap((name) => {
    const deed = lane.deeds[name];
    return deed === undefined ? [] : [fc.constant(new DeedCommand(name, deed, tally))];
  });
  const sequences = fc.commands<Model, ModelledConnection, false>(commands, {
    maxCommands: lane.mostDeeds,
    size: 'max',
    ...(replay === null ? {} : { replayPath: replay.replayPath }),
  });
  const property = fc.asyncProperty(sequences, async (drawn) => {
    const real = new ModelledConnection(world, await world.newPointIn(lane.slot));
    const { subnetCidrs } = real.point.request;
    const model: Model = { now: requested({ subnetCidrs, access: ALL_TCP }) };
    await real.request();
    await real.quiet();
    await expectAsPredicted(real, model.now, tally);
    await fc.asyncModelRun(() => ({ model, real }), drawn);
    await takeDown(real, model, tally);
  });
  const details = await fc.check(property, {
    seed: lane.seed,
    numRuns: lane.sequences,
    plugins: [fc.interruptAfterTimeLimit(lane.withinMs, { failOnInterrupt: true })],
    ...(replay === null ? {} : { path: replay.path, endOnFailure: true }),
  });
  if (!details.failed) return null;
  const text = await fc.asyncDefaultReportMessage(details);
  const path = details.counterexamplePath ?? '';
  const replayPath = /replayPath="([^"]*)"/.exec(text)?.[1] ?? '';
  const problem = [
    `${lane.name}: ${text}`,
    String(details.errorInstance),
    `again: ${againText({ lane: lane.name, path, replayPath })}`,
  ].join('\n\n');
  process.stderr.write(`${problem}\n`);
  return problem;
}

function againText(replay: Replay): string {
  return `CAUSEWAY_SEED=${SEED.toString()} CAUSEWAY_MODEL='${JSON.stringify(replay)}' npm test -- test/faults/model.test.ts`;
}
