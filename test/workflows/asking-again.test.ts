import { AssociateVpcCidrBlockCommand, RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { durationMs } from '../../domain/durations.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { acceptInAws, expectNothingLeft, failureOf, startAndWait } from '../harness/peering-story.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

const DAY_MS = durationMs('1 day');

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
beforeEach(async () => {
  world = await startSkippingWorld();
});
afterEach(async () => {
  await world.stop();
});

async function customerHasAlso(request: TestRequest, cidr: string): Promise<void> {
  await world.aws
    .ec2(CUSTOMER, request.region)
    .send(new AssociateVpcCidrBlockCommand({ VpcId: request.vpcId, CidrBlock: cidr }));
}

/** Blocks of the VPCs that the provider made, in order. */
async function blocksMade(): Promise<number> {
  const calls = await world.aws.control.calls({ account: PROVIDER });
  return calls.filter(({ action, effect }) => action === 'CreateVpc' && effect).length;
}

const notesOf = ({ history }: PeeringStatus): string => history.map(({ note }) => note).join('\n');

describe('a request that AWS drops after 7 days', () => {
  it('is asked again with the same VPC and block, and becomes active when accepted then', async () => {
    const first = await startAndWait(world);
    await world.env.sleep(8 * DAY_MS);
    const second = await first.handle.query<PeeringStatus>(statusQuery);
    expect(second).toMatchObject({
      state: 'awaiting-acceptance',
      round: 2,
      provider: first.waiting.provider,
    });
    expect(second.peeringConnectionId).not.toBe(first.peeringId);
    expect(Date.parse(second.expiresAt ?? '') - Date.parse(first.waiting.expiresAt ?? '')).toBeGreaterThan(
      6.9 * DAY_MS,
    );
    expect(notesOf(second)).toContain('asking again, round 2 of 2');
    expect(await blocksMade()).toBe(1);

    await acceptInAws(world, { request: first.request, peeringId: second.peeringConnectionId ?? '' });
    expect(await first.handle.result()).toMatchObject({ state: 'active', round: 2 });
  });

  it('ends expired after the last round, with reminders in each, and leaves nothing', async () => {
    const { handle, request, waiting } = await startAndWait(world);
    const failure = await failureOf(handle);
    expect(failure.type).toBe('PeeringExpired');
    expect(failure.message).toContain('round 2 of 2');
    const status = await handle.query<PeeringStatus>(statusQuery);
    expect(status).toMatchObject({ state: 'expired', round: 2, reminders: 3 });
    const took = Date.parse(status.since) - Date.parse(waiting.since);
    expect(took / DAY_MS).toBeGreaterThan(14);
    expect(took / DAY_MS).toBeLessThan(14.1);
    for (const reminder of ['1 of 3', '2 of 3', '3 of 3']) {
      expect(status.history.filter(({ note }) => note.startsWith(`reminder ${reminder}`))).toHaveLength(2);
    }
    expect(notesOf(status)).toMatch(/reminder 3 of 3: pcx-\w+ still waits, (1 day|23 hours) left/);
    await expectNothingLeft(world, request);
  });

  it('is not asked again once the customer declined', async () => {
    const { handle, request } = await startAndWait(world);
    await world.env.sleep(8 * DAY_MS);
    const { peeringConnectionId } = await handle.query<PeeringStatus>(statusQuery);
    await world.aws
      .ec2(CUSTOMER, request.region)
      .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }));
    expect((await failureOf(handle)).type).toBe('PeeringDeclined');
    await expectNothingLeft(world, request);
  });
});

describe('a peering that AWS refuses', () => {
  it('is asked for with a block of another range, without anyone acting', async () => {
    const request = await requestForNewVpc(world.aws, { vpcCidrs: ['172.31.0.0/16'] });
    await customerHasAlso(request, '10.200.0.0/24');
    const handle = await world.start(request);
    const waiting = await world.until(handle, 'awaiting-acceptance');
    expect(waiting).toMatchObject({
      round: 1,
      plan: { providerCidr: '172.24.0.0/25' },
      provider: { cidr: '172.24.0.0/25' },
    });
    expect(waiting.plan?.reasons.join()).toContain('10.200.0.0/25 was tried before');
    const { regions } = await world.aws.control.inventory();
    const vpcs = regions.filter(({ account }) => account === PROVIDER).flatMap((region) => region.vpcs);
    expect(vpcs).toMatchObject([{ vpcId: waiting.provider?.vpcId, cidrBlocks: ['172.24.0.0/25'] }]);

    await acceptInAws(world, { request, peeringId: waiting.peeringConnectionId ?? '' });
    expect(await handle.result()).toMatchObject({ state: 'active', provider: { cidr: '172.24.0.0/25' } });
  });

  it('is never asked for with a block that the customer’s network uses elsewhere, nor after a move', async () => {
    const avoidCidrs = ['10.200.0.0/24', '172.24.0.0/14', '192.168.128.0/24', '192.168.129.3/32'];
    const request = await requestForNewVpc(world.aws, { vpcCidrs: ['172.31.0.0/16'], avoidCidrs });
    await customerHasAlso(request, '10.200.1.0/24');
    const handle = await world.start(request);
    const waiting = await world.until(handle, 'awaiting-acceptance');
    expect(waiting).toMatchObject({
      plan: { providerCidr: '192.168.129.128/25' },
      customer: { avoidCidrs },
    });
    const reasons = waiting.plan?.reasons.join('\n');
    expect(reasons).toContain('10.200.1.0/25 was tried before');
    expect(reasons).toContain('it overlaps none of 10.200.0.0/24, 172.24.0.0/14,');
    await world.env.sleep(8 * DAY_MS);
    const second = await handle.query<PeeringStatus>(statusQuery);
    expect(second).toMatchObject({
      ...{ state: 'awaiting-acceptance', round: 2, customer: { avoidCidrs }, provider: waiting.provider },
    });
  });

  it('fails after one block of each of four ranges, naming them, and leaves nothing', async () => {
    const request = await requestForNewVpc(world.aws, { vpcCidrs: ['172.31.0.0/16'] });
    const mistyped = { ...request, vpcId: 'vpc-0123456789abcdef0' };
    const handle = await world.start(mistyped);
    const failure = await failureOf(handle);
    expect(failure.type).toBe('PeeringFailed');
    for (const block of ['10.200.0.0/25', '172.24.0.0/25', '192.168.128.0/25', '100.64.0.0/25']) {
      expect(failure.message).toContain(`${block} (`);
    }
    expect(await blocksMade()).toBe(4);
    const status = await handle.query<PeeringStatus>(statusQuery);
    expect(status).toMatchObject({
      state: 'failed',
      round: 1,
      failure: { code: 'PeeringFailed', who: 'customer' },
    });
    for (const what of ['account', 'VPC id', 'region', 'all CIDR blocks']) {
      expect(status.nextStep.what).toContain(what);
    }
    await expectNothingLeft(world, mistyped);
  });

  it('is asked for once only where the operator named the block', async () => {
    const request = await requestForNewVpc(world.aws, { providerCidr: '10.201.0.0/25' });
    await customerHasAlso(request, '10.201.0.0/24');
    const handle = await world.start(request);
    expect((await failureOf(handle)).message).toContain('tried 10.201.0.0/25');
    expect(await blocksMade()).toBe(1);
    await expectNothingLeft(world, request);
  });
});
