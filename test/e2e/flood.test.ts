/** More signals than one execution's history should hold. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeSignal, customerAcceptedSignal } from '../../contract/messages.js';
import { builtFor, leftOf, startStackWorld, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { startRequest } from './connected.js';

const BATCHES = 45;
const AT_ONCE = 100;
const MOST_HISTORY = 50;

let world: StackWorld;
beforeAll(async () => {
  world = await startStackWorld();
});
afterAll(() => world.stop());

describe('a request that waits under a flood of claims', () => {
  it('continues as new, keeps a short history, and is connected and released as any other', async () => {
    const customer = await world.newCustomer();
    const firstRunId = await startRequest(world, customer);
    const before = await world.untilState(customer.provisionId, 'awaiting-acceptance');
    const handle = world.client.workflow.getHandle(customer.provisionId);
    for (let batch = 0; batch < BATCHES; batch += 1) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, () => handle.signal(customerAcceptedSignal, { by: 'flood' })),
      );
    }
    const now = await until('it runs in another execution', async () => {
      const description = await handle.describe();
      return description.runId === firstRunId ? undefined : description;
    });
    expect(now.status.name).toBe('RUNNING');
    expect(now.raw.workflowExecutionInfo?.firstRunId).toBe(firstRunId);

    const flooded = await world.status(customer.provisionId);
    expect(flooded).toMatchObject({
      state: 'awaiting-acceptance',
      round: 1,
      peeringConnectionId: before.peeringConnectionId,
      provider: before.provider,
    });
    expect(flooded.history.length).toBeLessThanOrEqual(MOST_HISTORY);
    const counted = flooded.history.filter(({ note }) => note.includes('"flood" says'));
    expect(Math.max(...counted.map(({ count }) => count ?? 1))).toBeGreaterThan(1);

    await customer.aws.accept(before.peeringConnectionId ?? '');
    await world.untilState(customer.maintainId, 'active');
    const built = await builtFor(world, customer);
    const runs = [
      ...[built.vpcs, built.subnets, built.routeTables, built.networkAcls, built.securityGroups].flat(),
      ...built.peerings.map(({ requester }) => requester),
    ].map(({ tags }) => tags['causeway:run']);
    expect(runs.length).toBeGreaterThan(0);
    expect(new Set(runs)).toEqual(new Set([firstRunId]));

    const living = world.client.workflow.getHandle(customer.maintainId);
    await living.signal(closeSignal, { by: 'x' });
    expect(await living.result()).toMatchObject({ state: 'released' });
    expect(await leftOf(world, customer)).toEqual([]);
  });
});
