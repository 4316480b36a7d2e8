import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { AcceptVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  retrySignal,
  statusQuery,
} from '../../contract/messages.js';
import { WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { isEndState, type PeeringState } from '../../domain/lifecycle.js';
import { leftovers } from '../../local/leftovers.js';
import type { RunningWorker } from '../harness/fault-worker.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';
import { until } from '../harness/until.js';

/** A run of these tests goes on in another execution once its history has so many events. */
const LONG = 150;
const STORY_MS = 600_000;
const WITHIN_MS = 300_000;

let world: FaultWorld;
const workers: RunningWorker[] = [];
beforeAll(async () => {
  world = await startFaultWorld({ suggestContinueAsNewAt: LONG });
}, STORY_MS);
afterEach(async () => {
  await world.control.clearFaults();
  for (const worker of workers.splice(0)) await worker.stop();
});
afterAll(() => world.stop());

const denied = (action: string): Promise<unknown> =>
  world.control.addFault({ action, kind: 'error', code: 'UnauthorizedOperation', times: null });

async function request(observeEvery?: string): Promise<{ point: FaultPoint; run: WorkflowHandle }> {
  const point = await world.newPoint(observeEvery === undefined ? {} : { observeEvery });
  workers.push(await world.startWorker(point));
  const run = await world.client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: point.taskQueue,
    workflowId: point.provisionId,
    args: [point.request],
  });
  return { point, run: world.client.workflow.getHandle(run.workflowId) };
}

const untilState = (run: WorkflowHandle, state: PeeringState): Promise<PeeringStatus> =>
  until(
    `${run.workflowId} is ${state}`,
    async () => {
      const status = await run.query(statusQuery);
      if (status.state === state) return status;
      if (isEndState(status.state)) throw new Error(`it is ${status.state}`);
      return undefined;
    },
    WITHIN_MS,
  );

/** Claims, each under another name, until the run goes on in another execution. */
async function flood(run: WorkflowHandle): Promise<void> {
  const before = (await run.describe()).runId;
  let sent = 0;
  await until(
    `${run.workflowId} goes on as new`,
    async () => {
      const names = Array.from({ length: 20 }, () => `nobody-${(sent += 1).toString()}`);
      await Promise.all(names.map((by) => run.signal(customerAcceptedSignal, { by })));
      return (await run.describe()).runId === before ? undefined : true;
    },
    WITHIN_MS,
  );
}

async function connect(): Promise<{ point: FaultPoint; kept: WorkflowHandle }> {
  const { point, run } = await request();
  const { peeringConnectionId } = await untilState(run, 'awaiting-acceptance');
  await point.customer.ec2.send(
    new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringConnectionId ?? '' }),
  );
  await run.signal(customerAcceptedSignal, { by: 'alice' });
  await run.result();
  return { point, kept: world.client.workflow.getHandle(point.maintainId) };
}

async function expectNothingLeft({ connection }: FaultPoint): Promise<void> {
  expect(leftovers(await world.control.inventory(), connection)).toEqual([]);
}

it(
  'a parked run that is flooded goes on in another execution, parked, and then hears a decline',
  async () => {
    await denied('CreateSubnet');
    const { point, run } = await request();
    await untilState(run, 'parked');
    await flood(run);
    const parked = await untilState(run, 'parked');
    expect(parked.parked).toMatchObject({ from: 'building-network', who: 'provider' });
    await run.signal(customerDeclinedSignal, { by: 'alice' });
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.query(statusQuery)).state).toBe('declined');
    await expectNothingLeft(point);
  },
  STORY_MS,
);

it(
  'a parked run that went on in another execution builds on what is there once the cause has gone, and no twin',
  async () => {
    await denied('CreateSubnet');
    const { point, run } = await request();
    await untilState(run, 'parked');
    await flood(run);
    await world.control.clearFaults();
    await untilState(run, 'awaiting-acceptance');
    const { regions } = await world.control.inventory();
    const vpcs = regions
      .flatMap((region) => region.vpcs)
      .filter(({ tags }) => tags['causeway:peering'] === point.connection);
    expect(vpcs).toHaveLength(1);
    await run.terminate();
  },
  STORY_MS,
);

it(
  'an order to retry makes a parked run try at once, however long it would have waited',
  async () => {
    await denied('CreateSubnet');
    const { run } = await request('1 day');
    await untilState(run, 'parked');
    await world.control.clearFaults();
    await run.signal(retrySignal, { by: 'operator' });
    await untilState(run, 'awaiting-acceptance');
    await run.terminate();
  },
  STORY_MS,
);

it(
  'a run that was cancelled goes on undoing in another execution, and closes as cancelled',
  async () => {
    const { point, run } = await request();
    await untilState(run, 'awaiting-acceptance');
    await denied('DescribeNetworkInterfaces');
    await run.cancel();
    await untilState(run, 'parked');
    await flood(run);
    expect((await untilState(run, 'parked')).parked).toMatchObject({ from: 'releasing' });
    await world.control.clearFaults();
    const error: unknown = await run.result().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ cause: expect.any(CancelledFailure) });
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect((await run.query(statusQuery)).state).toBe('cancelled');
    await expectNothingLeft(point);
  },
  STORY_MS,
);

it(
  'a connection that is being taken down goes on with it in another execution',
  async () => {
    const { point, kept } = await connect();
    await denied('DescribeNetworkInterfaces');
    await kept.signal(closeSignal, { by: 'operator' });
    await untilState(kept, 'parked');
    await flood(kept);
    await world.control.clearFaults();
    expect(await kept.result()).toMatchObject({ state: 'released' });
    await expectNothingLeft(point);
  },
  STORY_MS,
);

it(
  'a connection whose look at AWS is parked goes on in another execution, and then hears that it is to be closed',
  async () => {
    const { point, kept } = await connect();
    await denied('DescribeVpcPeeringConnections');
    await kept.signal('peeringObserved', { status: 'active' });
    await untilState(kept, 'parked');
    await flood(kept);
    await untilState(kept, 'parked');
    await world.control.clearFaults();
    await kept.signal(closeSignal, { by: 'operator' });
    expect(await kept.result()).toMatchObject({ state: 'released' });
    await expectNothingLeft(point);
  },
  STORY_MS,
);

it(
  'claims are one line of the history, whoever makes them, and make a run look at AWS now and then only',
  async () => {
    const { run } = await request('1 hour');
    await untilState(run, 'awaiting-acceptance');
    const looks = async (): Promise<number> =>
      (await world.control.calls({ action: 'DescribeVpcPeeringConnections' })).length;
    const before = await looks();
    for (let index = 0; index < 60; index += 1) {
      await run.signal(customerAcceptedSignal, { by: `nobody-${index.toString()}` });
    }
    const { history } = await until('all claims are counted', async () => {
      const status = await run.query(statusQuery);
      const counted = status.history.find(({ topic }) => topic === 'claim')?.count;
      return counted === 60 ? status : undefined;
    });
    expect(history.filter(({ topic }) => topic === 'claim')).toHaveLength(1);
    expect(history.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['planning', 'building-network', 'requesting', 'awaiting-acceptance']),
    );
    expect((await looks()) - before).toBeLessThanOrEqual(1);
    await run.terminate();
  },
  STORY_MS,
);
