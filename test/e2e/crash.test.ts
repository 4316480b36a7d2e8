/** The worker dies without a word, at the worst of moments; another one takes its place. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '../../local/emulator-control.js';
import type { SupervisedProcess } from '../../local/processes.js';
import { PROVIDER } from '../harness/emulator.js';
import { builtFor, startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { requestAndWait, startRequest } from './connected.js';

const RANGES = ['172.31.0.0/20', '172.31.32.0/20'];
/** Longer than it takes to see that the call is under way and to kill whoever waits for it. */
const UNDER_WAY_MS = 3_000;

let world: StackWorld;
let worker: SupervisedProcess;
beforeAll(async () => {
  world = await startStackWorld({ withWorker: false });
  worker = await world.startWorker();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.control.clearFaults();
  await world.control.clearCalls();
});

async function kill(): Promise<void> {
  worker.kill('SIGKILL');
  expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
}

async function replaceWorker(): Promise<void> {
  worker = await world.startWorker();
}

/** Kills the worker once the fault has met a call of it. */
async function killDuring(fault: FaultRule, begin: () => Promise<unknown>): Promise<void> {
  const id = await world.control.addFault(fault);
  await begin();
  await until(`${fault.action} is under way`, async () => {
    const faults = await world.control.faults();
    return faults.some((rule) => rule.id === id && rule.hits > 0) ? true : undefined;
  });
  await kill();
}

/** One of everything, and a route for each stated range. */
async function expectBuiltOnce(customer: StackCustomer): Promise<void> {
  const built = await builtFor(world, customer);
  const ids = new Set(built.vpcs.map(({ vpcId }) => vpcId));
  expect({
    vpcs: ids.size,
    subnets: built.subnets.map(({ cidrBlock }) => cidrBlock),
    securityGroups: built.securityGroups.length,
    peerings: built.peerings.map(({ status }) => status),
    routes: built.routeTables.flatMap(({ routes }) => routes.map(({ destination }) => destination)),
  }).toEqual({
    vpcs: 1,
    subnets: ['10.200.0.0/26', '10.200.0.64/26'],
    securityGroups: 2,
    peerings: ['active'],
    routes: ['10.200.0.0/25', ...RANGES],
  });
}

/** Not made again and taken away, either. */
async function expectOneCreateVpc(): Promise<void> {
  const calls = await world.control.calls({ action: 'CreateVpc', account: PROVIDER });
  expect(calls.map(({ effect }) => effect)).toEqual([true]);
}

describe('a worker that is killed', () => {
  it('while a request waits, and again while it configures: the next ones finish it', async () => {
    const customer = await world.newCustomer({ subnetCidrs: RANGES });
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await kill();
    await replaceWorker();
    expect((await world.status(customer.provisionId)).state).toBe('awaiting-acceptance');

    const slow: FaultRule = { action: 'CreateRoute', kind: 'latency', latencyMs: UNDER_WAY_MS };
    await killDuring(slow, () => customer.aws.accept(peeringConnectionId ?? ''));
    await replaceWorker();
    expect((await world.untilState(customer.maintainId, 'active')).round).toBe(1);
    await expectBuiltOnce(customer);
  });

  it('while the customer accepts: the next one notices without being told', async () => {
    const customer = await world.newCustomer({ subnetCidrs: RANGES });
    const { peeringConnectionId } = await requestAndWait(world, customer);
    await kill();
    await customer.aws.accept(peeringConnectionId ?? '');
    await replaceWorker();
    await world.untilState(customer.maintainId, 'active');
    await expectBuiltOnce(customer);
  });

  it('while its call makes the VPC: the next one finds that VPC and makes no other', async () => {
    const customer = await world.newCustomer({ subnetCidrs: RANGES });
    const slow: FaultRule = { action: 'CreateVpc', kind: 'latency', latencyMs: UNDER_WAY_MS };
    await killDuring(slow, () => startRequest(world, customer));
    await replaceWorker();
    const { peeringConnectionId } = await world.untilState(customer.provisionId, 'awaiting-acceptance');
    await customer.aws.accept(peeringConnectionId ?? '');
    await world.untilState(customer.maintainId, 'active');
    await expectBuiltOnce(customer);
    await expectOneCreateVpc();
  });

  it('right after the reply about a VPC was lost: the next one finds that VPC and makes no other', async () => {
    const customer = await world.newCustomer({ subnetCidrs: RANGES });
    await killDuring({ action: 'CreateVpc', kind: 'lost-reply' }, () => startRequest(world, customer));
    await replaceWorker();
    const { peeringConnectionId } = await world.untilState(customer.provisionId, 'awaiting-acceptance');
    await customer.aws.accept(peeringConnectionId ?? '');
    await world.untilState(customer.maintainId, 'active');
    await expectBuiltOnce(customer);
    await expectOneCreateVpc();
  });
});
