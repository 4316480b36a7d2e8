import { RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER } from '../harness/emulator.js';
import { acceptInAws, expectNothingLeft, failureOf, startAndWait } from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
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

  it('ends expired when AWS has dropped the request, and not before', async () => {
    const { handle, request, waiting } = await startAndWait(world);
    expect((await failureOf(handle)).type).toBe('PeeringExpired');
    const status = await handle.query(statusQuery);
    expect(status.state).toBe('expired');
    expect(Date.parse(status.since)).toBeGreaterThan(Date.parse(waiting.expiresAt ?? ''));
    await expectNothingLeft(world, request);
  });

  it('parks for a quota, says which, and goes on by itself', async () => {
    await world.aws.control.settings({ quotaOverrides: { '111122223333/eu-west-1': { vpcsPerRegion: 0 } } });
    const request = await requestForNewVpc(world.aws);
    const handle = await world.start(request);
    const parked = await world.until(handle, 'parked');
    expect(parked.parked).toMatchObject({
      from: 'building-network',
      for: 'VPCs per Region',
      who: 'provider',
    });
    expect(parked.nextStep.what).toContain('VPCs per Region');
    await world.aws.control.settings({ quotaOverrides: { '111122223333/eu-west-1': null } });
    const waiting = await world.until(handle, 'awaiting-acceptance');
    expect(waiting.parked).toBeNull();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    await expectNothingLeft(world, request);
  });

  it('that is parked can be cancelled at once', async () => {
    await world.aws.control.settings({ quotaOverrides: { '111122223333/eu-west-1': { vpcsPerRegion: 0 } } });
    const request = await requestForNewVpc(world.aws);
    const handle = await world.start(request);
    await world.until(handle, 'parked');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.query(statusQuery)).state).toBe('cancelled');
    await expectNothingLeft(world, request);
  });
});
