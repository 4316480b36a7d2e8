import { RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER } from '../harness/emulator.js';
import { acceptInAws, expectNothingLeft, failureOf, startAndWait } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
beforeEach(async () => {
  world = await startSkippingWorld();
});
afterEach(async () => {
  await world.stop();
});

describe('over days, a request', () => {
  it('is noticed at the next reminder when nobody says anything', async () => {
    const started = await startAndWait(world);
    await world.env.sleep(2 * DAY_MS);
    await acceptInAws(world, started);
    const status = (await started.handle.result()) as PeeringStatus;
    expect(status.state).toBe('active');
    const waited = Date.parse(status.since) - Date.parse(started.waiting.since);
    expect(waited / DAY_MS).toBeCloseTo(3, 1);
  });

  it('ends declined when the customer rejects it in AWS', async () => {
    const { handle, request, peeringId } = await startAndWait(world);
    await world.syncClock();
    await world.aws
      .ec2(CUSTOMER, request.region)
      .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    expect((await failureOf(handle)).type).toBe('PeeringDeclined');
    expect((await handle.query(statusQuery)).state).toBe('declined');
    await expectNothingLeft(world, request);
  });
});
