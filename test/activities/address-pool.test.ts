import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolWorkflowId } from '../../contract/names.js';
import { poolReportQuery } from '../../contract/messages.js';
import type { BlockAnswer, BlockExplanation, PoolReport } from '../../contract/pool.js';
import { DAY_MS } from '../../domain/durations.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { POOL_POLICY } from '../harness/pool-world.js';
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

const allocate = (scope: string, holder: string): Promise<BlockAnswer> =>
  world.run((activities) =>
    activities.allocateBlock({
      scope,
      sharding: 'none',
      customerScope: null,
      order: { holder, policy: POOL_POLICY, avoid: [], requested: null },
    }),
  );

const release = (scope: string, holder: string, wasActive: boolean): Promise<void> =>
  world.run((activities) =>
    activities.releaseBlock({
      scope,
      shards: [null],
      customerScope: null,
      order: { holder, wasActive, quarantineMs: DAY_MS },
    }),
  );

const explain = (scope: string, holder: string): Promise<BlockExplanation> =>
  world.run((activities) =>
    activities.explainBlock({
      scope,
      sharding: 'none',
      customerScope: null,
      inquiry: { holder, policy: POOL_POLICY, avoid: [], requested: null },
      now: Date.now(),
      naming: false,
    }),
  );

const report = (scope: string): Promise<PoolReport> =>
  temporal.client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery);

describe('the address pool', () => {
  it('starts with the first question, and gives the same holder the same block again', async () => {
    const scope = newScope();
    expect(await allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', because: 'preferred' });
    expect(await allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', because: 'held' });
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
    expect(await report(scope)).toMatchObject({ held: [], resting: [] });
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
    await expect(report(scope)).rejects.toThrow(/not found/i);
  });

  it('explains what it would give without starting a pool, and without naming who holds the rest', async () => {
    const scope = newScope();
    expect(await explain(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', rejected: [] });
    await expect(temporal.client.workflow.getHandle(poolWorkflowId(scope)).describe()).rejects.toThrow(
      /not found/i,
    );
    await allocate(scope, 'org-1/vpc-1');
    const explanation = await explain(scope, 'org-2/vpc-2');
    expect(explanation).toMatchObject({
      cidr: '10.200.0.128/25',
      heldBefore: false,
      rejected: [{ cidr: '10.200.0.0/25', reason: 'overlaps 10.200.0.0/25 (held by another connection)' }],
      runnersUp: ['10.200.1.0/25', '10.200.1.128/25'],
    });
    expect(JSON.stringify(explanation)).not.toContain('org-1');
    expect((await report(scope)).held).toHaveLength(1);
  });

  it('refuses one wrong order among those that wait, and answers the others', async () => {
    const scope = newScope();
    const [good, wrong, other] = await Promise.allSettled([
      allocate(scope, 'a'),
      allocate(scope, 'has white space'),
      allocate(scope, 'b'),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(wrong).toMatchObject({ status: 'rejected', reason: { type: 'InvalidRequest' } });
    expect(other).toMatchObject({ status: 'fulfilled' });
    expect((await report(scope)).held.map(({ holder }) => holder).sort()).toEqual(['a', 'b']);
  });

  it('hands on the refusal of the pool as it is, so that it is not repeated', async () => {
    const failure = await world.failureOf(() => allocate(newScope(), ''));
    expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
    expect(failure.message).toMatch(/holder/);
  });
});
