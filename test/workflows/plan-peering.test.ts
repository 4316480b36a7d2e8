import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WithStartWorkflowOperation, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { allocateUpdate, poolReportQuery } from '../../contract/messages.js';
import { poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringPlan } from '../../contract/plan.js';
import { addressPolicyOf } from '../../domain/plan.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld({
    addresses: { ranges: ['10.200.0.0/24'] },
    quotas: { networkAclRules: 22 },
    roundTripMs: { 'ap-east-2': { 'us-east-1': 200, 'eu-west-1': 230, 'ap-southeast-2': 140 } },
  });
});
beforeEach(async () => {
  await world.aws.control.clearCalls();
});
afterAll(async () => {
  await world.stop();
});

const plan = (request: unknown): Promise<PeeringPlan> =>
  world.env.client.workflow.execute<(input: unknown) => Promise<PeeringPlan>>(WORKFLOW.planPeering, {
    taskQueue: world.taskQueue,
    workflowId: `plan/${randomUUID()}`,
    args: [request],
  });

async function failureOfPlan(request: unknown): Promise<ApplicationFailure> {
  const error: unknown = await plan(request).catch((thrown: unknown) => thrown);
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('an application failure was expected', { cause: error });
}

/** A valid request whose making has left no trace in the list of calls. */
async function newRequest(more: Parameters<typeof requestForNewVpc>[1] = {}): Promise<TestRequest> {
  const request = await requestForNewVpc(world.aws, more);
  await world.aws.control.clearCalls();
  return request;
}

const poolOf = ({
  organizationId,
}: TestRequest): ReturnType<SkippingWorld['env']['client']['workflow']['getHandle']> =>
  world.env.client.workflow.getHandle(poolWorkflowId(organizationId));

/** Lets a connection of the same organization hold a block. */
async function hold(request: TestRequest, holder: string): Promise<string | null> {
  const answer = await world.env.client.workflow.executeUpdateWithStart(allocateUpdate, {
    startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW.cidrPool, {
      workflowId: poolWorkflowId(request.organizationId),
      taskQueue: world.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
    args: [{ policies: [addressPolicyOf(world.settings)], orders: [{ holder, avoid: [] }] }],
  });
  return answer[0]?.[0] ?? null;
}

describe('planPeering', () => {
  it('says what a request would build, and why', async () => {
    const request = await newRequest({
      region: 'eu-west-1',
      access: [{ protocol: 'tcp', ports: [5432] }],
    });
    const planned = await plan(request);
    expect(planned).toMatchObject({
      providerRegion: 'eu-west-1',
      providerCidr: '10.200.0.0/25',
      providerSubnetCidrs: ['10.200.0.0/26', '10.200.0.64/26'],
      rejected: [],
      runnersUp: [{ cidr: '10.200.0.128/25', reason: 'is free too, a /25 of 10.200.0.0/24' }],
    });
    expect(planned.ranking[0]).toEqual({ region: 'eu-west-1', roundTripMs: planned.roundTripMs });
    expect(planned.ranking.map(({ region }) => region).sort()).toEqual(
      [...world.settings.provider.regions].sort(),
    );
    expect(planned.reasons.join('\n')).toMatch(/10\.200\.0\.0\/25 is the preferred block/);
    expect(planned.advice.join('\n')).toMatch(/Use TLS/);
    expect(JSON.stringify(planned.access)).toContain('5432');
  });

  it('passes over what the customer’s network uses elsewhere, and says so', async () => {
    const planned = await plan(await newRequest({ avoidCidrs: ['10.200.0.64/26', '240.0.0.0/8'] }));
    expect(planned).toMatchObject({
      providerCidr: '10.200.0.128/25',
      rejected: [
        {
          cidr: '10.200.0.0/25',
          reason: "overlaps 10.200.0.64/26 (used elsewhere in the customer's network)",
        },
      ],
    });
    expect(planned.reasons).toContain(
      "10.200.0.0/25, the preferred block, cannot be used: overlaps 10.200.0.64/26 (used elsewhere in the customer's network)",
    );
  });

  it('creates nothing in AWS, does not even ask it, and starts no pool', async () => {
    const request = await newRequest();
    await plan(request);
    expect(await world.aws.control.calls()).toEqual([]);
    await expect(poolOf(request).describe()).rejects.toThrow(/not found/i);
  });

  it('passes over what another connection holds, and holds nothing itself', async () => {
    const request = await newRequest();
    expect(await hold(request, `${request.organizationId}/vpc-other`)).toBe('10.200.0.0/25');
    const before = await poolOf(request).query(poolReportQuery);
    const planned = await plan(request);
    expect(planned.providerCidr).toBe('10.200.0.128/25');
    expect(planned.rejected[0]).toEqual({
      cidr: '10.200.0.0/25',
      reason: 'overlaps 10.200.0.0/25 (held by another connection)',
    });
    expect(JSON.stringify(planned)).not.toContain('vpc-other');
    expect(await poolOf(request).query(poolReportQuery)).toEqual(before);
    expect((await plan(request)).providerCidr).toBe('10.200.0.128/25');
  });

  it('plans the block that the connection holds already', async () => {
    const request = await newRequest();
    await hold(request, `${request.organizationId}/vpc-other`);
    const own = await hold(request, `${request.organizationId}/${request.vpcId}`);
    expect((await plan(request)).providerCidr).toBe(own);
  });

  it("has customers in a region that is newer than the table, by the operator's figures alone", async () => {
    const request = await newRequest();
    const planned = await plan({ ...request, region: 'ap-east-2' });
    expect(planned).toMatchObject({ providerRegion: 'ap-southeast-2', roundTripMs: 140 });
    const failure = await failureOfPlan({ ...request, region: 'ap-southeast-6' });
    expect(failure.type).toBe('InvalidRequest');
    expect(failure.message).toMatch(/region: ap-southeast-6 is newer than the table of round trips/);
  });

  it('refuses what is not valid, naming every wrong field', async () => {
    const request = await newRequest();
    const failure = await failureOfPlan({ ...request, region: 'mars', awsAccountId: '1', extra: true });
    expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
    for (const field of ['region', 'awsAccountId', 'extra']) expect(failure.message).toContain(field);
    expect(await world.aws.control.calls()).toEqual([]);
  });

  it.each([undefined, null, 'text', 42, []])('refuses %j', async (input) => {
    expect((await failureOfPlan(input)).type).toBe('InvalidRequest');
  });

  it('goes by the quota of rules that the configuration has', async () => {
    const request = await newRequest({ access: [{ protocol: 'tcp', ports: [5432] }] });
    const apart = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `172.31.${String(index * 2)}.0/24`);
    const planned = await plan({ ...request, subnetCidrs: apart(10) });
    expect(planned.access.networkAclEntries.filter(({ egress }) => egress)).toHaveLength(20);
    const failure = await failureOfPlan({ ...request, subnetCidrs: apart(11) });
    expect(failure.message).toContain('needs 22 network ACL entries where AWS takes 21');
  });

  it('says when no block is free', async () => {
    const request = await newRequest({ cidr: '10.200.0.0/16' });
    const failure = await failureOfPlan(request);
    expect(failure).toMatchObject({ type: 'AddressSpaceExhausted', nonRetryable: true });
  });
});
