import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeSignal, customerAcceptedSignal, poolReportQuery } from '../../contract/messages.js';
import { connectionName, poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringPlan } from '../../contract/plan.js';
import { customerScopeOf } from '../../domain/plan.js';
import { acceptInAws, expectNothingLeft, failureOf, livingConnection } from '../harness/peering-story.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

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

/** What two organizations ask for the same VPC. */
async function twoRequests(): Promise<[TestRequest, TestRequest]> {
  const one = await requestForNewVpc(world.aws);
  return [one, { ...one, organizationId: `org-${randomUUID().slice(0, 8)}` }];
}

const plan = (request: TestRequest): Promise<PeeringPlan> =>
  world.env.client.workflow.execute<(input: unknown) => Promise<PeeringPlan>>(WORKFLOW.planPeering, {
    taskQueue: world.taskQueue,
    workflowId: `plan/${randomUUID()}`,
    args: [request],
  });

const heldBeside = async (request: TestRequest): Promise<string[]> => {
  const scope = customerScopeOf(connectionName(request)) ?? '';
  const { held } = await world.env.client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery);
  return held.map(({ holder }) => holder);
};

describe('two organizations that ask for the same VPC', () => {
  it('at the same moment have blocks apart, are both up, and leave nothing behind', async () => {
    const requests = await twoRequests();
    const handles = await Promise.all(requests.map((request) => world.start(request)));
    const waiting = await Promise.all(handles.map((handle) => world.until(handle, 'awaiting-acceptance')));
    expect(waiting.map(({ provider }) => provider?.cidr).sort()).toEqual([
      '10.200.0.0/25',
      '10.200.0.128/25',
    ]);
    for (const [index, request] of requests.entries()) {
      await acceptInAws(world, { request, peeringId: waiting[index]?.peeringConnectionId ?? '' });
    }
    for (const handle of handles) await handle.signal(customerAcceptedSignal, {});
    await Promise.all(handles.map((handle) => handle.result()));
    expect((await heldBeside(requests[0])).sort()).toEqual(requests.map(connectionName).sort());
    for (const request of requests) {
      await livingConnection(world, request).signal(closeSignal, {});
      expect(await livingConnection(world, request).result()).toMatchObject({ state: 'released' });
    }
    for (const request of requests) await expectNothingLeft(world, request);
  });

  it('are planned, and told, the block that the second gets, and nothing of who has the first', async () => {
    const [one, other] = await twoRequests();
    await world.until(await world.start(one), 'awaiting-acceptance');
    const reason =
      '10.200.0.0/25, the preferred block, cannot be used: overlaps 10.200.0.0/25 (of another connection to the same VPC)';
    const planned = await plan(other);
    expect(planned).toMatchObject({
      providerCidr: '10.200.0.128/25',
      reasons: expect.arrayContaining([reason]),
    });
    expect(await heldBeside(one)).toEqual([connectionName(one)]);

    const told = await world.until(await world.start(other), 'awaiting-acceptance');
    expect(told.plan).toMatchObject({ providerCidr: planned.providerCidr, reasons: planned.reasons });
    for (const text of [planned, told].map((each) => JSON.stringify(each))) {
      expect(text).not.toContain(one.organizationId);
    }
  });

  it('are refused the block asked for that the first has, with the reason, and the refused one holds nothing', async () => {
    const [one, other] = await twoRequests();
    await world.until(await world.start(one), 'awaiting-acceptance');
    const wanted = { ...other, providerCidr: '10.200.0.0/25' };
    const failure = await failureOf(await world.start(wanted));
    expect(failure.type).toBe('AddressSpaceExhausted');
    expect(failure.message).toContain('overlaps 10.200.0.0/25 (of another connection to the same VPC)');
    expect(failure.message).not.toContain(one.organizationId);
    expect(await heldBeside(one)).toEqual([connectionName(one)]);
    await expect(plan(wanted)).rejects.toMatchObject({
      cause: { type: 'AddressSpaceExhausted', message: expect.stringContaining('to the same VPC') },
    });
  });
});
