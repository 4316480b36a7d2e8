import { AssociateVpcCidrBlockCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  poolReportQuery,
  statusQuery,
} from '../../contract/messages.js';
import { poolWorkflowId } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { CUSTOMER } from '../harness/emulator.js';
import {
  acceptInAws,
  expectNothingLeft,
  failureOf,
  livingConnection,
  startAndWait,
} from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  await world.aws.control.reset();
  await world.syncClock();
});

describe('a request that the customer accepts', () => {
  it('waits for days and becomes active when told so and AWS agrees', async () => {
    const started = await startAndWait(world);
    await world.env.sleep(5 * DAY_MS);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, { by: 'alice' });
    const status = (await started.handle.result()) as PeeringStatus;
    expect(status).toMatchObject({
      state: 'active',
      failure: null,
      round: 1,
      peeringConnectionId: started.peeringId,
    });
    const living = livingConnection(world, started.request);
    expect((await living.query(statusQuery)).state).toBe('active');
  });

  it('opens exactly the stated ranges, and the block it was promised', async () => {
    const started = await startAndWait(world, { subnetCidrs: ['172.31.0.0/20', '172.31.32.0/20'] });
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    const { provider } = (await started.handle.result()) as PeeringStatus;
    expect(provider?.cidr).toBe('10.200.0.0/25');
    const { regions } = await world.aws.control.inventory();
    const table = regions
      .flatMap(({ routeTables }) => routeTables)
      .find(({ routeTableId }) => routeTableId === provider?.routeTableId);
    expect(table?.routes.map(({ destination, target }) => [destination, target])).toEqual([
      ['10.200.0.0/25', 'local'],
      ['172.31.0.0/20', started.peeringId],
      ['172.31.32.0/20', started.peeringId],
    ]);
  });

  it('is released wholly by close, and the block rests before others get it', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    await started.handle.result();
    const living = livingConnection(world, started.request);
    await living.signal(closeSignal, { by: 'bob' });
    expect(await living.result()).toMatchObject({ state: 'released' });
    await expectNothingLeft(world, started.request);
    const pool = await world.env.client.workflow
      .getHandle(poolWorkflowId(started.request.organizationId))
      .query(poolReportQuery);
    expect(pool.resting.map(({ cidr }) => cidr)).toEqual(['10.200.0.0/25']);
  });

  it('is released by cancelling the workflow that keeps it, too', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    await started.handle.result();
    const living = livingConnection(world, started.request);
    await living.cancel();
    expect(await living.result()).toMatchObject({ state: 'released' });
    await expectNothingLeft(world, started.request);
  });
});

describe('a claim that the request is accepted', () => {
  it('changes nothing but the history when AWS does not agree, and the status answers it', async () => {
    const { handle, waiting, peeringId, request } = await startAndWait(world);
    await handle.signal(customerAcceptedSignal, { by: 'mallory' });
    await world.env.sleep(1_000);
    const status = await handle.query(statusQuery);
    expect({ ...status, history: [], nextStep: null }).toEqual({ ...waiting, history: [], nextStep: null });
    expect(status.history.map(({ note }) => note)).toEqual(
      expect.arrayContaining([
        '"mallory" says the request is accepted; AWS is asked',
        `not accepted: AWS shows ${peeringId} as pending-acceptance`,
      ]),
    );
    expect(status.nextStep).toMatchObject({ who: 'customer' });
    expect(status.nextStep.what).toContain('pending-acceptance');
    const { regions } = await world.aws.control.inventory();
    const routes = regions
      .filter(({ account }) => account !== CUSTOMER)
      .flatMap(({ routeTables }) => routeTables);
    expect(routes.flatMap((table) => table.routes).filter(({ target }) => target !== 'local')).toEqual([]);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    await expectNothingLeft(world, request);
  });

  it('may be of any shape', async () => {
    const { handle } = await startAndWait(world);
    for (const payload of [undefined, null, 7, 'yes', [], { by: 5 }, { by: '\u0007\u202Eevil' }]) {
      await handle.signal('customerAccepted', payload);
    }
    await world.env.sleep(1_000);
    const status = await handle.query(statusQuery);
    expect(status.state).toBe('awaiting-acceptance');
    const notes = status.history.map(({ note }) => note).join(' ');
    expect(notes).toContain('evil');
    expect(notes).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  });
});

describe('a request that comes to nothing', () => {
  it('ends declined by the customer’s word, because that only takes away', async () => {
    const { handle, request } = await startAndWait(world);
    await handle.signal(customerDeclinedSignal, { by: 'carol', reason: 'not this year' });
    expect((await failureOf(handle)).type).toBe('PeeringDeclined');
    const status = await handle.query(statusQuery);
    expect(status).toMatchObject({
      state: 'declined',
      failure: { code: 'PeeringDeclined', who: 'customer' },
    });
    expect(status.failure?.message).toContain('not this year');
    await expectNothingLeft(world, request);
  });

  it('keeps with a decline what the customer’s network uses, for the next request, whatever was sent', async () => {
    const { handle } = await startAndWait(world, { avoidCidrs: ['10.96.0.0/12'] });
    const avoidCidrs = ['10.200.0.0/16', 'nonsense', 7, '10.200.0.0/16', ...Array<string>(5_000).fill('x')];
    await handle.signal<[unknown]>('customerDeclined', { by: 'carol', avoidCidrs });
    const failure = await failureOf(handle);
    expect(failure.message).toContain('declined by "carol"; its network uses 10.200.0.0/16');
    const { customer, history } = await handle.query<PeeringStatus>(statusQuery);
    expect(customer.avoidCidrs).toEqual(['10.200.0.0/16', '10.96.0.0/12']);
    expect(history.map(({ note }) => note).join()).toContain('its network uses 10.200.0.0/16');
  });

  it('goes on when it is declined after AWS shows the acceptance', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerDeclinedSignal, { by: 'carol', avoidCidrs: ['10.0.0.0/8'] });
    const status = (await started.handle.result()) as PeeringStatus;
    expect([status.state, status.customer.avoidCidrs]).toEqual(['active', undefined]);
  });

  it('ends with a mismatch when stated ranges lie outside the VPC, before any route', async () => {
    const started = await startAndWait(world, { cidr: '172.31.0.0/16', subnetCidrs: ['172.30.0.0/20'] });
    await world.aws.control.clearCalls();
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    const failure = await failureOf(started.handle);
    expect(failure.type).toBe('AcceptanceMismatch');
    expect(failure.message).toContain('172.30.0.0/20');
    expect(await world.aws.control.calls({ action: 'CreateRoute' })).toEqual([]);
    await expectNothingLeft(world, started.request);
  });

  it('believes the blocks that the VPC really has, also secondary ones', async () => {
    const request = await requestForNewVpc(world.aws, {
      cidr: '172.31.0.0/16',
      subnetCidrs: ['172.29.0.0/20'],
    });
    await world.aws
      .ec2(CUSTOMER, request.region)
      .send(new AssociateVpcCidrBlockCommand({ VpcId: request.vpcId, CidrBlock: '172.29.0.0/16' }));
    const handle = await world.start(request);
    const waiting = await world.until(handle, 'awaiting-acceptance');
    await acceptInAws(world, { request, peeringId: waiting.peeringConnectionId ?? '' });
    await handle.signal(customerAcceptedSignal, {});
    expect(((await handle.result()) as PeeringStatus).state).toBe('active');
  });
});

describe('cancelling', () => {
  it('undoes a waiting request, and closes it as cancelled', async () => {
    const { handle, request } = await startAndWait(world);
    await handle.cancel();
    const error: unknown = await handle.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(await handle.query(statusQuery)).toMatchObject({ state: 'cancelled', failure: null });
    await expectNothingLeft(world, request);
  });

  it('undoes a request that is being built', async () => {
    await world.aws.control.addFault({ action: 'CreateSubnet', kind: 'latency', latencyMs: 1_500 });
    const request = await requestForNewVpc(world.aws);
    const handle = await world.start(request);
    await world.until(handle, 'building-network');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.query(statusQuery)).state).toBe('cancelled');
    await expectNothingLeft(world, request);
  });
});
