/** Only the customer, the operator, or what AWS shows of the peering itself ends a connection: everything else waits. */
import {
  AssociateVpcCidrBlockCommand,
  DeleteVpcPeeringConnectionCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createActivities, type Activities } from '../../activities/index.js';
import { customerAcceptedSignal, peeringObservedSignal, statusQuery } from '../../contract/messages.js';
import { connectionName, provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { onlyPeering } from '../harness/inventory.js';
import { change, connect, openings, type Living } from '../harness/living-connection.js';
import { acceptInAws, expectNothingLeft, failureOf, startAndWait } from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
afterEach(async () => {
  await world.stop();
});

const statusOf = (handle: WorkflowHandle): Promise<PeeringStatus> => handle.query<PeeringStatus>(statusQuery);
const provider = (region: string): ReturnType<typeof world.aws.ec2> => world.aws.ec2(PROVIDER, region);

async function look({ kept }: Living): Promise<PeeringStatus> {
  await kept.signal(peeringObservedSignal, { status: 'changed' });
  await world.env.sleep('1 minute');
  return statusOf(kept);
}

/** As a worker has them whose `observe` role, or all of whose roles, belong to another account. */
function activitiesOfAnotherAccount(): Activities {
  const { settings, taskQueue, aws } = world;
  const provider = { ...settings.provider, roleArn: 'arn:aws:iam::999988887777:role/mistyped' };
  const timing = { pollEveryMs: 10, settleMs: 100, secondLookMs: 10 };
  const clients = createEc2Clients({ provider, endpoint: aws.endpoint, timing });
  return createActivities({ clients, settings, taskQueue });
}

/** @param wrong which activities are carried out with credentials of another account while `isWrong` says so */
async function startWithMistypedRoles(wrong: readonly (keyof Activities)[]): Promise<{ isWrong: boolean }> {
  const switched = { isWrong: false };
  let another: Activities | undefined;
  world = await startSkippingWorld({}, (real) =>
    Object.fromEntries(
      wrong.map((name) => [
        name,
        (...args: unknown[]): unknown => {
          another ??= activitiesOfAnotherAccount();
          const carriedOutBy = switched.isWrong ? another : real;
          return Reflect.apply(Reflect.get(carriedOutBy, name), carriedOutBy, args);
        },
      ]),
    ),
  );
  return switched;
}

it('refuses a request that was started with a time-out, which would end it at a moment that nobody chose', async () => {
  world = await startSkippingWorld();
  const request = await requestForNewVpc(world.aws);
  const connection = connectionName(request);
  const handle = await world.env.client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: world.taskQueue,
    workflowId: provisionWorkflowId(connection),
    workflowExecutionTimeout: '30 days',
    args: [request],
  });
  const failure = await failureOf(handle);
  expect(failure.type).toBe('InvalidRequest');
  expect(failure.message).toContain('workflowExecutionTimeout');
});

describe('an accepted request', () => {
  it('waits for credentials while AWS says that they ran out, and goes on by itself', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      kind: 'error',
      code: 'RequestExpired',
      status: 400,
      times: 3,
    });
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    const { parked, peeringConnectionId } = await world.until(started.handle, 'parked');
    expect(parked).toMatchObject({ from: 'awaiting-acceptance', who: 'provider' });
    expect(parked?.for).toMatch(/^credentials/);
    expect(parked?.message).toContain('RequestExpired');
    expect(await started.handle.result()).toMatchObject({ state: 'active', peeringConnectionId });
  });

  it('is configured though AWS takes no options of the peering for a moment', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    await world.aws.control.addFault({
      action: 'ModifyVpcPeeringConnectionOptions',
      kind: 'error',
      code: 'OperationNotPermitted',
      times: 2,
    });
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    expect(await started.handle.result()).toMatchObject({ state: 'active' });
    expect((await onlyPeering(world.aws)).requester.allowDnsResolutionFromRemoteVpc).toBe(true);
  });

  it('waits for the blocks of the customer’s VPC that AWS does not show yet', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      kind: 'omit',
      resource: 'pcx-*',
      fields: ['AccepterVpcInfo.CidrBlock', 'AccepterVpcInfo.CidrBlockSet'],
      times: 4,
    });
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    expect(await started.handle.result()).toMatchObject({ state: 'active', failure: null });
  });

  it('comes up whatever AWS answers meanwhile, in codes that nobody has listed', async () => {
    world = await startSkippingWorld();
    const statuses = [400, 401, 403, 404, 409, 418, 451, 499];
    for (const [index, status] of statuses.entries()) {
      const code = `Answer${index.toString()}NobodyListed`;
      await world.aws.control.addFault({
        action: '*',
        account: PROVIDER,
        kind: 'error',
        code,
        status,
        skip: 3 * index,
      });
    }
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    expect(await started.handle.result()).toMatchObject({ state: 'active' });
    expect((await openings(world)).routes).toEqual(['172.31.0.0/20 active']);
  });
});

describe('DNS resolution', () => {
  it('that the customer’s VPC keeps AWS from taking is the customer’s step, tried again when something changes', async () => {
    world = await startSkippingWorld();
    await world.aws.control.addFault({
      action: 'ModifyVpcPeeringConnectionOptions',
      kind: 'error',
      code: 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      times: null,
    });
    const living = await connect(world);
    const { state, nextStep, facts } = await look(living);
    expect({ state, who: nextStep.who }).toEqual({ state: 'active', who: 'customer' });
    expect(nextStep.what).toContain('enable DNS hostnames');
    expect(facts.customerSteps?.dns).toBe('hostnames-off');

    await world.aws.control.clearFaults();
    expect((await look(living)).facts.customerSteps?.dns).not.toBe('hostnames-off');
    expect((await onlyPeering(world.aws)).requester.allowDnsResolutionFromRemoteVpc).toBe(true);
  });

  it('that the provider switched off by hand is put back', async () => {
    world = await startSkippingWorld();
    const living = await connect(world);
    const { provider: own } = await statusOf(living.kept);
    await provider(own?.region ?? '').send(
      new ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: living.peeringId,
        RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: false },
      }),
    );
    const { history } = await look(living);
    expect(history.map(({ note }) => note).join('\n')).toContain('DNS option');
    expect((await onlyPeering(world.aws)).requester.allowDnsResolutionFromRemoteVpc).toBe(true);
  });

  it('of the customer that AWS does not show is unknown, and not asked for', async () => {
    world = await startSkippingWorld();
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      kind: 'omit',
      resource: 'pcx-*',
      fields: ['AccepterVpcInfo.PeeringOptions'],
      times: null,
    });
    const { facts, nextStep } = await look(await connect(world));
    expect(facts.customerSteps?.dns).toBe('unknown');
    expect(nextStep.what).toContain('is unknown');
    expect(nextStep.what).not.toContain('enable DNS');
  });
});

describe('a living connection', () => {
  it('is given ranges of a block that the customer has added to its VPC since', async () => {
    world = await startSkippingWorld();
    const living = await connect(world, { vpcCidrs: ['172.31.0.0/16'] });
    await world.aws
      .ec2(CUSTOMER, living.request.region)
      .send(new AssociateVpcCidrBlockCommand({ VpcId: living.request.vpcId, CidrBlock: '10.72.0.0/16' }));
    const { state } = await change(living, { subnetCidrs: ['172.31.0.0/20', '10.72.16.0/20'] });
    expect(state).toBe('active');
    expect((await openings(world)).routes).toEqual(['10.72.16.0/20 active', '172.31.0.0/20 active']);
  });

  it('is not mourned for what a reader of another account does not see', async () => {
    const mistyped = await startWithMistypedRoles(['describePeeringConnection', 'findDrift']);
    const living = await connect(world);
    mistyped.isWrong = true;
    const { parked, nextStep } = await look(living);
    expect(parked).toMatchObject({ from: 'active', who: 'provider' });
    expect(parked?.message).toContain('999988887777');
    expect(nextStep.what).toContain('provider.roles');
    await world.env.sleep('2 hours');
    expect(await onlyPeering(world.aws)).toMatchObject({ status: 'active' });
    mistyped.isWrong = false;
    expect(await world.until(living.kept, 'active')).toMatchObject({ failure: null });
  });

  it('is not released, nor its block given back, by a role that sees nothing of it', async () => {
    const mistyped = await startWithMistypedRoles(['releaseNetwork']);
    const living = await connect(world);
    mistyped.isWrong = true;
    await living.kept.signal('close', { by: 'ops' });
    const { parked } = await world.until(living.kept, 'parked');
    expect(parked).toMatchObject({ from: 'releasing', who: 'provider' });
    await world.env.sleep('1 hour');
    expect(await onlyPeering(world.aws)).toMatchObject({ status: 'active' });
    mistyped.isWrong = false;
    expect(await living.kept.result()).toMatchObject({ state: 'released' });
    await expectNothingLeft(world, living.request);
  });

  it('is disconnected once AWS has shown nothing of it for minutes, and not by a moment’s absence', async () => {
    world = await startSkippingWorld();
    const living = await connect(world);
    const hidden = { action: 'DescribeVpcPeeringConnections', kind: 'absent', resource: 'pcx-*' } as const;
    await world.aws.control.addFault({ ...hidden, seconds: 60 });
    expect(await look(living)).toMatchObject({ state: 'active', nextStep: { who: 'causeway' } });
    await world.env.sleep('10 minutes');
    expect(await statusOf(living.kept)).toMatchObject({ state: 'active', nextStep: { who: 'customer' } });
  });
});

describe('a waiting request', () => {
  it('is not taken for declined by a reader of another account', async () => {
    const mistyped = await startWithMistypedRoles(['describePeeringConnection']);
    const started = await startAndWait(world);
    mistyped.isWrong = true;
    await started.handle.signal(peeringObservedSignal, { status: 'absent' });
    const { parked } = await world.until(started.handle, 'parked');
    expect(parked?.message).toContain('999988887777');
    mistyped.isWrong = false;
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    expect(await started.handle.result()).toMatchObject({ state: 'active' });
  });

  it('that the provider’s own account deleted is asked again, and fails by it when no round is left', async () => {
    world = await startSkippingWorld();
    const started = await startAndWait(world);
    const region = started.waiting.provider?.region ?? '';
    const deleteByHand = async (id: string): Promise<void> => {
      await world.syncClock();
      await provider(region).send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
      await started.handle.signal(peeringObservedSignal, { status: 'deleted' });
      await world.env.sleep('1 minute');
    };
    await deleteByHand(started.peeringId);
    const again = await world.until(started.handle, 'awaiting-acceptance');
    expect(again.round).toBe(2);
    expect(again.peeringConnectionId).not.toBe(started.peeringId);

    await deleteByHand(again.peeringConnectionId ?? '');
    const failure = await failureOf(started.handle);
    expect(failure.type).toBe('PeeringDeleted');
    expect(await statusOf(started.handle)).toMatchObject({ state: 'failed', failure: { who: 'provider' } });
    await expectNothingLeft(world, started.request);
  });
});
