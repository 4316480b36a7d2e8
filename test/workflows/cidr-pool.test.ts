import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import {
  adoptUpdate,
  allocateUpdate,
  explainQuery,
  poolReportUpdate,
  releaseUpdate,
  reserveUpdate,
  unreserveUpdate,
} from '../../contract/messages.js';
import { poolWorkflowId } from '../../contract/names.js';
import type { PoolReport } from '../../contract/pool.js';
import { cidrsOverlap } from '../../domain/addresses/blocks.js';
import { newScope, POOL_POLICY, startPoolWorld, type PoolWorld } from '../harness/pool-world.js';

let world: PoolWorld;
beforeAll(async () => {
  world = await startPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

const runOf = (scope: string): WorkflowHandle => world.client.workflow.getHandle(poolWorkflowId(scope));

const overlapping = (held: PoolReport['held']): string[] =>
  held.flatMap((a, index) =>
    held.slice(index + 1).flatMap((b) => (cidrsOverlap(a.cidr, b.cidr) ? [`${a.cidr} and ${b.cidr}`] : [])),
  );

describe('a pool gives', () => {
  it('the same holder the same block, and says that it had it', async () => {
    const scope = newScope();
    const first = await world.allocate(scope, 'a');
    expect(first).toEqual({ cidr: '10.200.0.0/25', because: 'preferred', shard: null });
    expect(await world.allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', because: 'held' });
    expect(await world.allocate(scope, 'a', { requested: '10.200.0.0/25' })).toMatchObject({
      because: 'held',
    });
    expect((await world.report(scope)).held).toHaveLength(1);
  });

  it('another block where the held one overlaps what is now to be avoided', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const avoid = ['10.200.0.64/26'];
    expect(await world.allocate(scope, 'a', { avoid })).toEqual({
      cidr: '10.200.0.128/25',
      because: 'first-free',
      range: 0,
      passedOver: 'avoided 10.200.0.64/26',
      shard: null,
    });
    // What no traffic ever went through need not rest.
    expect(await world.report(scope)).toMatchObject({
      held: [{ cidr: '10.200.0.128/25', holder: 'a' }],
      resting: [],
    });
    expect((await world.allocate(scope, 'a', { avoid })).because).toBe('held');
  });

  it('exactly the block asked for, in place of the one held', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    expect((await world.allocate(scope, 'a', { requested: '10.1.0.0/24' })).cidr).toBe('10.1.0.0/24');
    expect((await world.report(scope)).held).toMatchObject([{ cidr: '10.1.0.0/24', holder: 'a' }]);
  });

  it('nothing, with the reasons and without naming who holds it, where nothing is free', async () => {
    const scope = newScope();
    const policy = { ...POOL_POLICY, ranges: ['10.200.0.0/25'] };
    await world.allocate(scope, 'org-1/vpc-1', { policy });
    const answer = await world.allocate(scope, 'b', { policy });
    expect(answer).toMatchObject({ cidr: null, because: 'none-free', passedOver: 'held' });
    expect(answer.rejected?.length).toBeGreaterThan(0);
    expect(JSON.stringify(answer)).not.toContain('org-1');
    expect((await world.report(scope)).held).toMatchObject([{ holder: 'org-1/vpc-1' }]);
    await world.release(scope, 'org-1/vpc-1', false);
    expect((await world.allocate(scope, 'b', { policy })).cidr).toBe('10.200.0.0/25');
  });

  it('no two holders overlapping blocks, whatever they ask for and in whatever order they come and go', async () => {
    const step = fc.record({
      holder: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      release: fc.constantFrom(null, null, true, false),
      prefixLength: fc.integer({ min: 22, max: 28 }),
      requested: fc.constantFrom(null, null, '10.200.0.0/24', '10.200.1.0/26'),
      avoid: fc.constantFrom('10.200.0.0/26', '10.200.2.0/23', '192.168.0.0/16'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        const scope = newScope();
        let isThere = false;
        for (const { holder, release, prefixLength, requested, avoid } of steps) {
          if (release === null) {
            const policy = { ...POOL_POLICY, prefixLength };
            await world.allocate(scope, holder, { policy, requested, avoid: [avoid] });
            isThere = true;
          } else {
            await world.release(scope, holder, release);
          }
          if (!isThere) continue;
          const { held } = await world.report(scope);
          expect(overlapping(held)).toEqual([]);
          expect(new Set(held.map((block) => block.holder)).size).toBe(held.length);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('a pool refuses, before anything is in its history,', () => {
  it.each([
    ['nobody', ''],
    ['a name that is too long', 'x'.repeat(201)],
    ['a name with a line break', 'a\nb'],
  ])('%s', async (_what, holder) => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const before = await runOf(scope).fetchHistory();
    for (const ask of [() => world.allocate(scope, holder), () => world.release(scope, holder, true)]) {
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ApplicationFailure);
      expect(error).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
    }
    const after = await runOf(scope).fetchHistory();
    expect(after.events?.length).toBe(before.events?.length);
    expect((await world.report(scope)).held).toHaveLength(1);
  });

  it('whatever else sends it, which is not what its messages say', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const policies = [POOL_POLICY];
    const order = { holder: 'b', avoid: [] };
    const release = { holder: 'b', wasActive: true, quarantineMs: 1 };
    const wrong: Record<string, readonly unknown[]> = {
      [allocateUpdate.name]: [
        undefined,
        'text',
        { policies, orders: [] },
        { policies, orders: Array.from({ length: 513 }, () => order) },
        { policies: [...policies, ...policies], orders: [order] },
        { policies: [], orders: [order] },
        {
          policies: [{ ...POOL_POLICY, ranges: Array.from({ length: 101 }, () => '10.0.0.0/8') }],
          orders: [order],
        },
        { policies: [{ ...POOL_POLICY, preferred: 1 }], orders: [order] },
        { policies, orders: [order, null] },
        { policies, orders: [{ ...order, policy: 1 }] },
        { policies, orders: [{ ...order, policy: -1 }] },
        { policies, orders: [{ ...order, avoid: 'all' }] },
        { policies, orders: [{ ...order, avoid: ['10.0.0.1/8'] }] },
        { policies, orders: [{ ...order, avoid: ['fd00::/8'] }] },
        { policies, orders: [{ ...order, avoid: Array.from({ length: 1_001 }, () => '10.0.0.0/8') }] },
        { policies, orders: [{ ...order, requested: '10.0.0.0' }] },
        { policies, orders: [{ ...order, passOn: 'yes' }] },
        { policies, orders: [{ ...release, quarantineMs: -1 }] },
      ],
      [releaseUpdate.name]: [
        { holder: 'b' },
        { ...release, wasActive: 'yes' },
        { ...release, quarantineMs: 1e20 },
      ],
      [adoptUpdate.name]: [undefined, { holder: 'b' }, { holder: 'b', cidr: '10.0.0.0/8 ' }],
      [reserveUpdate.name]: [
        null,
        { cidr: '10.0.0.0/16' },
        { cidr: '10.0.0.0/16', why: '\u001b[31m' },
        { cidr: '10.0.0.0/16', why: 'x'.repeat(201) },
        { cidr: '10.0.0.300/32', why: 'known' },
      ],
      [unreserveUpdate.name]: [null, { cidr: 7 }],
      [poolReportUpdate.name]: [null, { from: -1 }, { now: 'today' }, { policy: {} }],
    };
    const before = await runOf(scope).fetchHistory();
    for (const [name, inputs] of Object.entries(wrong)) {
      for (const input of inputs) {
        const error: unknown = await runOf(scope)
          .executeUpdate(name, { args: [input] })
          .catch((thrown: unknown) => thrown);
        expect([name, input, error]).toEqual([name, input, expect.any(WorkflowUpdateFailedError)]);
        expect(error).toMatchObject({ cause: { type: 'InvalidRequest' } });
      }
    }
    expect((await runOf(scope).fetchHistory()).events?.length).toBe(before.events?.length);
  });
});

describe('an operator', () => {
  it('adopts the block of a VPC that was there before, which nobody else gets then', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const adopt = (holder: string, cidr: string): Promise<unknown> =>
      runOf(scope).executeUpdate(adoptUpdate, { args: [{ holder, cidr }] });
    const adopted = { ok: true, cidr: '10.200.0.128/25', heldBefore: false };
    expect(await adopt('old', '10.200.0.128/25')).toEqual(adopted);
    expect(await adopt('old', '10.200.0.128/25')).toEqual({ ...adopted, heldBefore: true });
    expect(await adopt('other', '10.200.0.0/24')).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/held by a\).*held by old\)/),
    });
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.1.0/25');
    await runOf(scope).executeUpdate(releaseUpdate, {
      args: [{ holder: 'old', wasActive: false, quarantineMs: 0 }],
    });
    expect((await world.allocate(scope, 'c')).cidr).toBe('10.200.0.128/25');
  });

  it('reserves a range that nobody holds, and gives it free again', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const pool = runOf(scope);
    const reserve = (cidr: string): Promise<unknown> =>
      pool.executeUpdate(reserveUpdate, { args: [{ cidr, why: 'the office' }] });
    expect(await reserve('10.200.0.0/24')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('held by a'),
    });
    expect(await reserve('10.200.0.128/25')).toEqual({ ok: true });
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.1.0/25');
    expect(await pool.executeUpdate(unreserveUpdate, { args: [{ cidr: '10.200.0.128/25' }] })).toBe(true);
    expect(await pool.executeUpdate(unreserveUpdate, { args: [{ cidr: '10.200.0.128/25' }] })).toBe(false);
    expect((await world.allocate(scope, 'c')).cidr).toBe('10.200.0.128/25');
  });

  it('reads who holds what and how full it is, page by page', async () => {
    const scope = newScope();
    for (const holder of ['a', 'b', 'c']) await world.allocate(scope, holder);
    const pool = runOf(scope);
    await pool.executeUpdate(reserveUpdate, { args: [{ cidr: '10.200.255.0/24', why: 'the office' }] });
    await world.release(scope, 'b', true);
    const report = await pool.executeUpdate(poolReportUpdate, { args: [{}] });
    expect(report).toMatchObject({
      held: [{ holder: 'a' }, { holder: 'c' }],
      resting: [{ lastHolder: 'b', cidr: '10.200.0.128/25' }],
      reserved: [{ cidr: '10.200.255.0/24', why: 'the office' }],
      counts: { held: 2, resting: 1, reserved: 1 },
      next: null,
      utilisation: [
        {
          cidr: '10.200.0.0/16',
          addresses: 65_536,
          held: 256,
          resting: 128,
          reserved: 256,
          largestFree: '10.200.64.0/18',
        },
      ],
    });
    expect(await pool.executeUpdate(poolReportUpdate, { args: [{ from: 2 }] })).toMatchObject({
      held: [],
      resting: [{ lastHolder: 'b' }],
      reserved: [{ why: 'the office' }],
      counts: report.counts,
    });
    const explain = (naming: boolean): Promise<unknown> =>
      pool.query(explainQuery, {
        inquiry: { holder: 'd', policy: POOL_POLICY, avoid: [], requested: null },
        now: Date.now(),
        naming,
      });
    expect(JSON.stringify(await explain(true))).toContain('held by a');
    expect(JSON.stringify(await explain(false))).not.toContain('held by a)');
  });
});
