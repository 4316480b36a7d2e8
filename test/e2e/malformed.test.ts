/** Requests that are wrong, under whatever workflow id: refused at once, by name, without a trace in AWS. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { poolWorkflowId } from '../../contract/names.js';
import { bound } from '../harness/bounds.js';
import { PROVIDER } from '../harness/emulator.js';
import { startStackWorld, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { MALFORMED, VALID } from './malformed-requests.js';

const LONGEST_MESSAGE = 4_000;
/** From start to close, as the interface promises. */
const REFUSED_WITHIN_MS = bound(10_000);

let world: StackWorld;
beforeAll(async () => {
  world = await startStackWorld();
});
afterAll(() => world.stop());

function start(workflowId: string, args: readonly unknown[]): Promise<WorkflowHandle> {
  return world.client.workflow.start('provisionPeering', {
    taskQueue: 'causeway',
    workflowId,
    args: [...args],
  });
}

/** The failure that closed the run, once it is closed. */
async function refusalOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const described = await until(`${handle.workflowId} is closed`, async () => {
    const description = await handle.describe();
    return description.status.name === 'RUNNING' ? undefined : description;
  });
  expect(described.status.name).toBe('FAILED');
  const { startTime, closeTime } = described;
  expect((closeTime?.getTime() ?? Infinity) - startTime.getTime()).toBeLessThan(REFUSED_WITHIN_MS);
  expect(described.raw.pendingActivities ?? []).toEqual([]);
  expect(described.raw.pendingWorkflowTask ?? null).toBeNull();
  const error: unknown = await handle.result().catch((reason: unknown) => reason);
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('the run was expected to fail', { cause: error });
}

describe('a malformed request', () => {
  it.each(MALFORMED)('is refused, naming what is wrong: $what', async ({ args, names }) => {
    await world.control.clearCalls();
    const handle = await start(`anything ${randomUUID()}`, args);
    const { type, message } = await refusalOf(handle);
    expect(type).toBe('InvalidRequest');
    for (const name of names) expect(message).toContain(name);
    expect(message.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
    expect(await world.status(handle.workflowId)).toMatchObject({
      state: 'failed',
      plan: null,
      provider: null,
      peeringConnectionId: null,
      failure: { code: 'InvalidRequest', who: expect.any(String), nextStep: expect.any(String) },
    });
    const calls = await world.control.calls({ account: PROVIDER });
    const others = calls.filter(({ action, effect }) => effect || !action.startsWith('Describe'));
    expect(others).toEqual([]);
  });

  it('holds no block: no pool was ever asked', async () => {
    const pool = world.client.workflow.getHandle(poolWorkflowId(VALID.organizationId));
    await expect(pool.describe()).rejects.toThrow(/not found/i);
  });

  it('is refused as well under the id of the connection it names', async () => {
    const handle = await start(`provision-peering/${VALID.organizationId}/${VALID.vpcId}`, [
      { ...VALID, region: 'nowhere' },
    ]);
    const { type, message } = await refusalOf(handle);
    expect(type).toBe('InvalidRequest');
    expect(message).toContain('region');
  });
});

describe('a valid request', () => {
  it('is refused under another workflow id than its own, which the failure names', async () => {
    const handle = await start(`elsewhere ${randomUUID()}`, [VALID]);
    const { type, message } = await refusalOf(handle);
    expect(type).toBe('InvalidRequest');
    expect(message).toContain(`provision-peering/${VALID.organizationId}/${VALID.vpcId}`);
  });
});
