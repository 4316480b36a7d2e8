/**
 * T8, over days: what happens in the last second before an expiry and in the first after it, and when exactly a run acts by
 * itself. `signals-in-any-order.test.ts` has what does not need time to be skipped.
 */
import { AcceptVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { customerAcceptedSignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { DAY_MS, MINUTE_MS } from '../../domain/durations.js';
import { CUSTOMER } from '../harness/emulator.js';
import { codeOf } from '../harness/networks.js';
import { expectNothingLeft, failureOf, startAndWait, type Started } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

const SECOND_MS = 1_000;
/** What a run does at an instant it notes once AWS has answered: a real look, on a machine that may be busy. */
const A_LOOK_MS = 20 * SECOND_MS;

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
afterEach(async () => {
  await world.stop();
});

const statusOf = ({ handle }: Started): Promise<PeeringStatus> => handle.query<PeeringStatus>(statusQuery);

/** As the customer does it, at that instant of Temporal's clock and exactly then by AWS's; answers with AWS's error code. */
async function acceptAt(started: Started, at: number): Promise<string> {
  const { peeringConnectionId } = await statusOf(started);
  await world.env.sleep(at - (await world.env.currentTimeMs()));
  await world.aws.control.setClock(new Date(at));
  const command = new AcceptVpcPeeringConnectionCommand({
    VpcPeeringConnectionId: peeringConnectionId ?? '',
  });
  return codeOf(world.aws.ec2(CUSTOMER, started.request.region).send(command));
}

/** Waits without a skip, which the environment's own client would make: its clock must stay where it is. */
async function untilStill(started: Started, wanted: Partial<PeeringStatus>): Promise<PeeringStatus> {
  for (let look = 0; look < 600; look += 1) {
    const status = await statusOf(started);
    if (Object.entries(wanted).every(([key, value]) => Reflect.get(status, key) === value)) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not ${JSON.stringify(wanted)}: ${JSON.stringify(await statusOf(started))}`);
}

/** When the note was made, in ms since the epoch. */
function notedAt({ history }: PeeringStatus, note: RegExp): number[] {
  return history.filter((entry) => note.test(entry.note)).map(({ at }) => Date.parse(at));
}

function expectAt(seen: number | undefined, wanted: number): void {
  expect(seen).toBeGreaterThanOrEqual(wanted);
  expect(seen).toBeLessThan(wanted + A_LOOK_MS);
}

describe('an acceptance in AWS', () => {
  it('a second late is refused by AWS and begins another round; in the last second of that one, it counts', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    const first = Date.parse(started.waiting.expiresAt ?? '');
    expect(await acceptAt(started, first + SECOND_MS)).toBe('InvalidStateTransition');
    await started.handle.signal(customerAcceptedSignal, { by: 'alice' });
    const second = await untilStill(started, { state: 'awaiting-acceptance', round: 2 });
    expect(second.provider).toEqual(started.waiting.provider);
    expect(
      notedAt(second, /AWS dropped the request after 7 days.*; asking again, round 2 of 2/),
    ).toHaveLength(1);
    // Because it was told so, and not by its own look, a minute after the expiry.
    expect(notedAt(second, /asking again/)[0]).toBeLessThan(first + MINUTE_MS);

    const expiry = Date.parse(second.expiresAt ?? '');
    expect(await acceptAt(started, expiry - SECOND_MS)).toBe('no error');
    await started.handle.signal(customerAcceptedSignal, { by: 'alice' });
    const still = new Client({ connection: world.env.connection });
    const result: unknown = await still.workflow.getHandle(started.handle.workflowId).result();
    expect(result).toMatchObject({
      state: 'active',
      round: 2,
      peeringConnectionId: second.peeringConnectionId,
      failure: null,
    });
  });

  it('a second late in the last round finds the request expired for good', async () => {
    world = await startSkippingWorld({ rounds: 1 });
    const started = await startAndWait(world);
    const expiry = Date.parse(started.waiting.expiresAt ?? '');
    expect(await acceptAt(started, expiry + SECOND_MS)).toBe('InvalidStateTransition');
    await started.handle.signal(customerAcceptedSignal, { by: 'alice' });
    const ended = await untilStill(started, { state: 'expired' });
    expect(ended).toMatchObject({ round: 1, failure: { code: 'PeeringExpired' } });
    expect(ended.failure?.message).toContain('round 1 of 1 was the last');
    expect(Date.parse(ended.since)).toBeGreaterThan(expiry);
    await expectNothingLeft(world, started.request);
  });
});

describe('a request of which nobody says anything', () => {
  it('reminds after 1, 3 and 6 days, looks a minute after each expiry, and then has expired', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    const failure = await failureOf(started.handle);
    expect(failure.type).toBe('PeeringExpired');
    const ended = await statusOf(started);
    const expiries = [started.waiting.expiresAt, ended.expiresAt].map((at) => Date.parse(at ?? ''));
    const requested = expiries.map((expiry) => expiry - 7 * DAY_MS);

    for (const [index, days] of [1, 3, 6].entries()) {
      const reminders = notedAt(ended, new RegExp(`^reminder ${(index + 1).toString()} of 3`));
      expect(reminders).toHaveLength(2);
      for (const [round, at] of reminders.entries()) {
        expectAt(at, (requested[round] ?? 0) + days * DAY_MS);
      }
    }
    const [again, ...more] = notedAt(ended, /asking again, round 2 of 2/);
    expect(more).toEqual([]);
    expectAt(again, (expiries[0] ?? 0) + MINUTE_MS);
    const [last] = notedAt(ended, /round 2 of 2 was the last; releasing/);
    expectAt(last, (expiries[1] ?? 0) + MINUTE_MS);
    await expectNothingLeft(world, started.request);
  });
});
