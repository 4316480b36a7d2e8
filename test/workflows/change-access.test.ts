import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { changeAccessUpdate, closeSignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { PROVIDER } from '../harness/emulator.js';
import { change, connect, openings, providerSideOf, type Living } from '../harness/living-connection.js';
import { expectNothingLeft } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
beforeEach(async () => {
  world = await startSkippingWorld();
});
afterEach(async () => {
  await world.stop();
});

const POSTGRES = [{ protocol: 'tcp', ports: [5432] }];

/** Mutating calls of the provider since the last `clearCalls`. */
async function effects(): Promise<string[]> {
  const calls = await world.aws.control.calls({ account: PROVIDER });
  return calls.filter(({ effect, service }) => effect && service === 'ec2').map(({ action }) => action);
}

/** How often the provider tried it since the last `clearCalls`. */
async function callsOf(action: string): Promise<number> {
  return (await world.aws.control.calls({ account: PROVIDER, action })).length;
}

async function failureOfChange(changing: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await changing.catch((reason: unknown) => reason);
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw error;
  return error.cause;
}

async function refuse(action: string, code: string): Promise<void> {
  await world.aws.control.addFault({ action, account: PROVIDER, kind: 'error', code, times: null });
}

/** So many single ports that two such sets do not fit into one network ACL, for two ranges that do not join. */
const sixPorts = (from: number): { protocol: string; ports: number[] }[] => [
  { protocol: 'tcp', ports: Array.from({ length: 6 }, (_, index) => from + 10 * index) },
];

async function closeAndExpectNothing({ kept, request }: Living): Promise<void> {
  await kept.signal(closeSignal, { by: 'bob' });
  expect(await kept.result()).toMatchObject({ state: 'released' });
  await expectNothingLeft(world, request);
}

describe('a change of access', () => {
  it('opens what is new and closes what is not stated any more, adding before it takes away', async () => {
    const living = await connect(world, {
      subnetCidrs: ['172.31.0.0/20', '172.31.32.0/20'],
      access: POSTGRES,
    });
    await world.aws.control.clearCalls();
    const status = await change(living, { subnetCidrs: ['172.31.0.0/20', '172.31.64.0/20'], by: 'bob' });
    expect(status).toMatchObject({
      state: 'active',
      peeringConnectionId: living.peeringId,
      customer: {
        subnetCidrs: ['172.31.0.0/20', '172.31.64.0/20'],
        access: [{ protocol: 'tcp', ports: [5432] }],
        dnsResolution: true,
      },
    });
    expect(await openings(world)).toMatchObject({
      routes: ['172.31.0.0/20 active', '172.31.64.0/20 active'],
      rules: ['tcp 5432-5432 172.31.0.0/20', 'tcp 5432-5432 172.31.64.0/20'],
      egress: [
        '1 172.31.0.0/20 3/4',
        '1 172.31.64.0/20 3/4',
        '6 172.31.0.0/20 5432-5432',
        '6 172.31.64.0/20 5432-5432',
      ],
    });
    // Nothing of 172.31.0.0/20, which stays, is touched; and what comes, comes before something goes.
    expect(await effects()).toEqual([
      ...Array.from({ length: 4 }, () => 'CreateNetworkAclEntry'),
      ...Array.from({ length: 4 }, () => 'DeleteNetworkAclEntry'),
      'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupEgress',
      'CreateRoute',
      'DeleteRoute',
    ]);
    expect(status.history.map(({ note }) => note).join('\n')).toContain('as "bob" asked');
    await closeAndExpectNothing(living);
  });

  it('swaps the network ACL where both sets do not fit in one, and back again', async () => {
    const ranges = ['172.31.0.0/20', '172.31.32.0/20'];
    const living = await connect(world, { subnetCidrs: ranges, access: sixPorts(1000) });
    const before = await living.kept.query<PeeringStatus>(statusQuery);
    const ports = (from: number): string[] =>
      sixPorts(from)
        .flatMap((rule) => rule.ports)
        .flatMap((port) => ranges.map((range) => `tcp ${port.toString()}-${port.toString()} ${range}`))
        .sort();

    const swapped = await change(living, { access: sixPorts(2000) });
    const first = await openings(world);
    expect(first.rules).toEqual(ports(2000));
    expect(first.subnets).toHaveLength(2);
    expect(swapped.provider?.networkAclId).not.toBe(before.provider?.networkAclId);
    const { networkAcls } = await providerSideOf(world);
    expect(networkAcls).toHaveLength(2);
    const spare = networkAcls.find(({ networkAclId }) => networkAclId === before.provider?.networkAclId);
    expect(spare).toMatchObject({ isDefault: true, subnetIds: [] });
    expect(spare?.entries.filter(({ action }) => action === 'allow')).toEqual([]);

    const back = await change(living, { access: sixPorts(3000) });
    expect((await openings(world)).rules).toEqual(ports(3000));
    expect(back.provider?.networkAclId).toBe(before.provider?.networkAclId);
    expect((await providerSideOf(world)).networkAcls).toHaveLength(1);

    await change(living, { access: sixPorts(4000) });
    await closeAndExpectNothing(living);
  });

  it('is refused before anything is touched when it is not valid, or reaches beyond the VPC', async () => {
    const living = await connect(world);
    await world.aws.control.clearCalls();
    const invalid = await failureOfChange(change(living, { subnetCidrs: ['172.31.0.1/20'] }));
    expect(invalid).toMatchObject({ type: 'InvalidRequest' });
    expect(invalid.message).toContain('subnetCidrs[0]');
    const beyond = await failureOfChange(change(living, { subnetCidrs: ['172.30.0.0/20'] }));
    expect(beyond).toMatchObject({ type: 'AcceptanceMismatch' });
    expect(beyond.message).toContain('172.30.0.0/20 lies outside');
    expect(await effects()).toEqual([]);
    expect(await living.kept.query(statusQuery)).toMatchObject({
      state: 'active',
      customer: { subnetCidrs: living.request.subnetCidrs },
    });
  });

  it.each([
    ['CreateNetworkAclEntry', 'UnauthorizedOperation', 'PermissionMissing'],
    ['AuthorizeSecurityGroupEgress', 'RulesPerSecurityGroupLimitExceeded', 'QuotaExceeded'],
    ['CreateRoute', 'InvalidParameterValue', 'AwsRefused'],
  ])(
    'that fails at %s with %s puts the former access back, and does not park',
    async (action, code, type) => {
      const living = await connect(world, { subnetCidrs: ['172.31.0.0/20'], access: POSTGRES });
      const before = await openings(world);
      await refuse(action, code);
      const failure = await failureOfChange(change(living, { subnetCidrs: ['172.31.64.0/20'] }));
      expect(failure.type).toBe(type);
      await world.aws.control.clearFaults();
      const status = await world.until(living.kept, 'active');
      expect(status.customer.subnetCidrs).toEqual(['172.31.0.0/20']);
      expect(status.history.map(({ state }) => state)).not.toContain('parked');
      await world.env.sleep('2 hours');
      expect(await openings(world)).toEqual(before);
      await closeAndExpectNothing(living);
    },
  );

  it('that fails after the swap puts the former network ACL back', async () => {
    const living = await connect(world, {
      subnetCidrs: ['172.31.0.0/20', '172.31.32.0/20'],
      access: sixPorts(1000),
    });
    const before = await openings(world);
    const { provider } = await living.kept.query<PeeringStatus>(statusQuery);
    await refuse('AuthorizeSecurityGroupEgress', 'UnauthorizedOperation');
    expect((await failureOfChange(change(living, { access: sixPorts(2000) }))).type).toBe(
      'PermissionMissing',
    );
    expect(await openings(world)).toEqual(before);
    expect((await living.kept.query<PeeringStatus>(statusQuery)).provider).toEqual(provider);
    expect((await providerSideOf(world)).networkAcls).toHaveLength(1);
    await world.aws.control.clearFaults();
    await change(living, { access: sixPorts(2000) });
    await closeAndExpectNothing(living);
  });

  it('waits for the one before it', async () => {
    const living = await connect(world, { access: POSTGRES });
    const both = await Promise.all([
      change(living, { subnetCidrs: ['172.31.16.0/20'] }),
      change(living, { access: [{ protocol: 'tcp', ports: [443] }] }),
    ]);
    expect(both.map(({ state }) => state)).toEqual(['active', 'active']);
    expect(await openings(world)).toMatchObject({
      routes: ['172.31.16.0/20 active'],
      rules: ['tcp 443-443 172.31.16.0/20'],
    });
  });

  it('is refused unless the connection is active, and given up when it closes', async () => {
    const living = await connect(world);
    await world.aws.control.clearCalls();
    await refuse('CreateRoute', 'RequestLimitExceeded');
    const update = await living.kept.startUpdate(changeAccessUpdate, {
      args: [{ subnetCidrs: ['172.31.64.0/20'] }],
      waitForStage: 'ACCEPTED',
    });
    // Between two attempts, seconds apart: the test server hangs when a cancellation crosses an activity's end.
    for (let look = 0; look < 300 && (await callsOf('CreateRoute')) < 3; look += 1) {
      await world.env.sleep(100);
    }
    await living.kept.signal(closeSignal, { by: 'bob', reason: 'moved away' });
    const givenUp = await failureOfChange(update.result());
    expect(givenUp).toMatchObject({ type: 'NotActive' });
    expect(givenUp.message).toContain('moved away');
    await world.aws.control.clearFaults();
    await living.kept.result();
    await expectNothingLeft(world, living.request);
  });
});
