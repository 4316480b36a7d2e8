/** What operators do with Temporal's own tools: a request's run is reset, or the keeper started anew, while the connection lives. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  builtFor,
  STACK_START_MS,
  startStackWorld,
  type StackCustomer,
  type StackWorld,
} from '../harness/stack.js';
import { until } from '../harness/until.js';
import { connect } from './connected.js';
import { expectEnded } from './ending.js';
import { outsideCaller, type OutsideCaller } from './outside-caller.js';
import { temporalCli, type TemporalCli } from './temporal-cli.js';

let world: StackWorld;
let caller: OutsideCaller;
let temporal: TemporalCli;
beforeAll(async () => {
  world = await startStackWorld();
  caller = await outsideCaller(world);
  temporal = await temporalCli(world.stack.temporal.address, world.stack.namespace);
}, STACK_START_MS);
afterAll(() => world.stop());

interface Handed {
  readonly runId: string;
  /** Event ids of the tasks that it completed, in order. */
  readonly tasks: readonly number[];
}

async function handedOver(workflowId: string): Promise<Handed> {
  const handle = world.client.workflow.getHandle(workflowId);
  const [{ runId }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const tasks = (events ?? [])
    .filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes != null)
    .map(({ eventId }) => Number(eventId));
  return { runId, tasks };
}

/** @returns how the new run ended */
async function reset(
  workflowId: string,
  { runId, eventId }: { runId: string; eventId: number },
): Promise<string> {
  const handle = world.client.workflow.getHandle(workflowId);
  const { runId: before } = await handle.describe();
  const answer = await temporal(
    'reset',
    ...[
      '--workflow-id',
      workflowId,
      '--run-id',
      runId,
      '--event-id',
      eventId.toString(),
      '--reason',
      'to see what happens',
    ],
  );
  expect(answer).toEqual({ code: 0, json: expect.anything(), stderr: '' });
  return until('the run that was reset has ended', async () => {
    const { runId: now, status } = await handle.describe();
    return now !== before && status.name !== 'RUNNING' ? status.name : undefined;
  });
}

const shownFor = async (customer: StackCustomer): Promise<unknown> => {
  const { peerings, ...network } = await builtFor(world, customer);
  return {
    network,
    peerings: peerings.map(({ vpcPeeringConnectionId, status }) => [vpcPeeringConnectionId, status]),
  };
};

it('takes nothing from the living connection, wherever it is reset to', async () => {
  const customer = await world.newCustomer();
  const { provisionId, maintainId } = customer;
  await connect(world, customer);
  const subnetCidrs = ['172.31.0.0/20', '172.31.64.0/20'];
  const access = [{ protocol: 'tcp', ports: [5432] }];
  await world.client.workflow
    .getHandle(maintainId)
    .executeUpdate('changeAccess', { args: [{ subnetCidrs, access }] });
  const before = await shownFor(customer);
  const { runId, tasks } = await handedOver(provisionId);
  const ends: string[] = [];
  for (const eventId of tasks) {
    ends.push(await reset(provisionId, { runId, eventId }));
    expect(await shownFor(customer)).toEqual(before);
    expect(await world.status(maintainId)).toMatchObject({ state: 'active', parked: null });
  }
  expect(ends).toEqual([...tasks.slice(1).map(() => 'FAILED'), 'COMPLETED']);
  await world.client.workflow.getHandle(maintainId).signal('close', { reason: 'the test is over' });
  await world.client.workflow.getHandle(maintainId).result();
  await expectEnded({ world, caller }, customer, { workflowId: maintainId, state: 'released' });
});

it('takes a change that comes with the first task of the run that keeps the connection', async () => {
  const customer = await world.newCustomer();
  await connect(world, customer);
  const kept = world.client.workflow.getHandle(customer.maintainId);
  const { events } = await kept.fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  await kept.terminate('started anew by hand');
  const access = [{ protocol: 'tcp', ports: [5432] }];
  const status = await world.client.workflow.executeUpdateWithStart('changeAccess', {
    args: [{ access }],
    startWorkflowOperation: new WithStartWorkflowOperation('maintainPeering', {
      workflowId: customer.maintainId,
      taskQueue: 'causeway',
      workflowIdConflictPolicy: 'FAIL',
      args: input.map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload)),
    }),
  });
  expect(status).toMatchObject({ state: 'active', customer: { access } });
  await kept.cancel();
});
