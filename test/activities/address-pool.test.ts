import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolWorkflowId } from '../../contract/names.js';
import type { AllocateBlock, BlockAnswer, PoolReport } from '../../contract/pool.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
  await temporal.startWorker('causeway', world.activities);
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

const newScope = (): string => `org-${randomUUID()}`;

const allocate = (scope: string, holder: string, order: Partial<AllocateBlock> = {}): Promise<BlockAnswer> =>
  world.run((activities) =>
    activities.allocateBlock({
      scope,
      order: {
        holder,
        policy: {
          preferred: '10.200.0.0/25',
          prefixLength: 25,
          ranges: ['10.200.0.0/16'],
          reserved: [],
        },
        avoid: [],
        requested: null,
        ...order,
      },
    }),
  );

const release = (scope: string, holder: string, wasActive: boolean): Promise<void> =>
  world.run((activities) => activities.releaseBlock({ scope, order: { holder, wasActive } }));

const report = (scope: string): Promise<PoolReport> =>
  world.run((activities) => activities.reportPool({ scope }));

describe('the address pool', () => {
  it('starts with the first question, and gives the same holder the same block again', async () => {
    const scope = newScope();
    expect(await allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', heldBefore: false });
    expect(await allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', heldBefore: true });
    expect((await report(scope)).held).toMatchObject([{ cidr: '10.200.0.0/25', holder: 'a' }]);
  });

  it('never gives two holders of one scope the same block, also when they ask at once', async () => {
    const scope = newScope();
    const holders = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(holders.map((holder) => allocate(scope, holder)));
    expect(new Set(answers.map(({ cidr }) => cidr)).size).toBe(holders.length);
    expect((await report(scope)).held).toHaveLength(holders.length);
  });

  it('gives every scope its own blocks', async () => {
    expect((await allocate(newScope(), 'a')).cidr).toBe('10.200.0.0/25');
    expect((await allocate(newScope(), 'b')).cidr).toBe('10.200.0.0/25');
  });

  it('gives back at once what was never used, and rests what carried traffic', async () => {
    const scope = newScope();
    await allocate(scope, 'a');
    await release(scope, 'a', false);
    await release(scope, 'a', false);
    expect(await report(scope)).toEqual({ held: [], resting: [] });
    expect((await allocate(scope, 'b')).cidr).toBe('10.200.0.0/25');
    await release(scope, 'b', true);
    expect(await report(scope)).toMatchObject({
      held: [],
      resting: [{ cidr: '10.200.0.0/25', lastHolder: 'b' }],
    });
    expect((await allocate(scope, 'c')).cidr).not.toBe('10.200.0.0/25');
  });

  it('takes giving back to a pool that never was for done', async () => {
    const scope = newScope();
    await release(scope, 'a', true);
    expect(await report(scope)).toEqual({ held: [], resting: [] });
  });

  it('reports without starting a pool', async () => {
    const scope = newScope();
    expect(await report(scope)).toEqual({ held: [], resting: [] });
    await expect(temporal.client.workflow.getHandle(poolWorkflowId(scope)).describe()).rejects.toThrow(
      /not found/i,
    );
  });

  it('hands on the refusal of the pool as it is, so that it is not repeated', async () => {
    const failure = await world.failureOf(() => allocate(newScope(), ''));
    expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
    expect(failure.message).toMatch(/holder/);
  });
});
