/**
 * T8, what crosses: two things are ordered within the same second, a little sooner or later. Which of them wins is not told
 * beforehand; that one does, wholly, is. On the dev server, for the time-skipping one hangs when a cancellation crosses an
 * activity's end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { changeAccessUpdate, closeSignal, customerAcceptedSignal } from '../../contract/messages.js';
import { ALL_TCP, findingsOf } from '../harness/fault-invariants.js';
import { atOnce, EXHAUSTIVE, HANG_MS, noteTried } from '../harness/fault-plan.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import type { RunningWorker } from '../harness/fault-worker.js';
import { ModelledConnection } from '../harness/model-connection.js';

/** Milliseconds from the first to the second, over all that the first one does. */
const APART_MS = EXHAUSTIVE
  ? Array.from({ length: 60 }, (_, index) => index * 15)
  : [0, 30, 80, 150, 250, 400];
const AT_ONCE = 3;
const OTHER_RANGE = ['172.31.64.0/20'];

let world: FaultWorld;
let shared: FaultPoint;
let worker: RunningWorker;
let tried = 0;
let leaked = 0;
beforeAll(async () => {
  world = await startFaultWorld();
  shared = await world.newPoint();
  worker = await world.startWorker(shared);
}, HANG_MS);
afterAll(async () => {
  noteTried({ points: tried, leaked });
  await worker.stop();
  await world.stop();
});

async function waiting(): Promise<ModelledConnection> {
  const real = new ModelledConnection(world, await world.newPoint({ beside: shared }));
  await real.request();
  await real.quiet();
  return real;
}

async function connected(): Promise<ModelledConnection> {
  const real = await waiting();
  await accept(real);
  await real.quiet();
  expect((await real.status()).state).toBe('active');
  return real;
}

async function accept(real: ModelledConnection): Promise<void> {
  await real.point.customer.accept(await real.peeringId());
  await real.asking.signal(customerAcceptedSignal, { by: 'alice' });
}

/** Whoever comes too late is told so. */
async function orTooLate(order: Promise<unknown>): Promise<void> {
  await order.catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

/** Once nothing is under way: nothing is amiss, and this is what it has come to. */
async function endOf(real: ModelledConnection): Promise<string> {
  await real.quiet();
  const { violations, leaked: left } = await findingsOf({
    client: world.client,
    control: world.control,
    points: [real.point],
    agreed: new Map([
      [real.point.connection, { subnetCidrs: real.point.request.subnetCidrs, access: ALL_TCP }],
    ]),
  });
  tried += 1;
  leaked += left.length;
  expect(violations).toEqual([]);
  return (await real.status()).state;
}

async function endsOf(play: (apartMs: number) => Promise<string>): Promise<string[]> {
  const played = await atOnce({ limit: AT_ONCE, items: APART_MS }, play);
  return played.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

describe('within the same second', () => {
  it(
    'an acceptance and a cancellation of the request end it cancelled, or leave the connection up',
    async () => {
      const ends = await endsOf(async (apartMs) => {
        const real = await waiting();
        await accept(real);
        await delay(apartMs);
        await orTooLate(real.asking.cancel());
        return endOf(real);
      });
      expect(ends.filter((end) => end !== 'cancelled' && end !== 'active')).toEqual([]);
      // Not the same each time, or they did not cross.
      expect(ends).toContain('cancelled');
    },
    HANG_MS,
  );

  it(
    'a change of access and an order to close release it, and the change is done or said not to be',
    async () => {
      const ends = await endsOf(async (apartMs) => {
        const real = await connected();
        const changing = real.keeping
          .executeUpdate(changeAccessUpdate, { args: [{ subnetCidrs: OTHER_RANGE }] })
          .then(() => 'changed', codeOfChange);
        await delay(apartMs);
        await real.keeping.signal(closeSignal, { by: 'bob' });
        expect(['changed', 'NotActive']).toContain(await changing);
        return endOf(real);
      });
      expect(ends).toEqual(APART_MS.map(() => 'released'));
    },
    HANG_MS,
  );

  it(
    'an order to close and a change of access after it: the change is refused',
    async () => {
      const real = await connected();
      await real.keeping.signal(closeSignal, { by: 'bob' });
      const change = real.keeping.executeUpdate(changeAccessUpdate, { args: [{ subnetCidrs: OTHER_RANGE }] });
      expect(await change.then(() => 'changed', codeOfChange)).toBe('NotActive');
      expect(await endOf(real)).toBe('released');
    },
    HANG_MS,
  );

  it(
    'an order to close and a cancellation of the connection release it once',
    async () => {
      const ends = await endsOf(async (apartMs) => {
        const real = await connected();
        await real.keeping.signal(closeSignal, { by: 'bob' });
        await delay(apartMs);
        await orTooLate(real.keeping.cancel());
        const end = await endOf(real);
        const { history } = await real.status();
        expect(history.filter(({ state }) => state === 'released')).toHaveLength(1);
        return end;
      });
      expect(ends).toEqual(APART_MS.map(() => 'released'));
    },
    HANG_MS,
  );
});

/** A run that has ended meanwhile is not there to refuse it, which says the same. */
function codeOfChange(error: unknown): string {
  if (error instanceof WorkflowNotFoundError) return 'NotActive';
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return error.cause.type ?? 'no code';
  }
  throw error instanceof Error ? error : new Error(String(error));
}
