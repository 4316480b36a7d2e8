import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { poolWorkflowId } from '../../contract/names.js';
import type { HeldBlock } from '../../contract/pool.js';
import { cidrsOverlap } from '../../domain/addresses/blocks.js';
import { newScope, POOL_POLICY, startPoolWorld, type PoolWorld } from '../harness/pool-world.js';

let world: PoolWorld;
beforeAll(async () => {
  world = await startPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

const runOf = (scope: string): ReturnType<PoolWorld['client']['workflow']['getHandle']> =>
  world.client.workflow.getHandle(poolWorkflowId(scope));

const overlapping = (held: readonly HeldBlock[]): string[] =>
  held.flatMap((a, index) =>
    held.slice(index + 1).flatMap((b) => (cidrsOverlap(a.cidr, b.cidr) ? [`${a.cidr} and ${b.cidr}`] : [])),
  );

describe('a pool gives', () => {
  it('the same holder the same block, and says that it had it', async () => {
    const scope = newScope();
    const first = await world.allocate(scope, 'a');
    expect(first).toMatchObject({ cidr: '10.200.0.0/25', heldBefore: false });
    expect(await world.allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', heldBefore: true });
    expect(await world.allocate(scope, 'a', { requested: '10.200.0.0/25' })).toMatchObject({
      heldBefore: true,
    });
    expect((await world.report(scope)).held).toHaveLength(1);
  });

  it('another block where the held one overlaps what is now to be avoided', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    const avoid = [{ cidr: '10.200.0.64/26', why: "the customer's VPC" }];
    const exchanged = await world.allocate(scope, 'a', { avoid });
    expect(exchanged).toMatchObject({ cidr: '10.200.0.128/25', heldBefore: false });
    // What no traffic ever went through need not rest.
    expect(await world.report(scope)).toMatchObject({
      held: [{ cidr: '10.200.0.128/25', holder: 'a' }],
      resting: [],
    });
    expect((await world.allocate(scope, 'a', { avoid })).heldBefore).toBe(true);
  });

  it('exactly the block asked for, in place of the one held', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    expect((await world.allocate(scope, 'a', { requested: '10.1.0.0/24' })).cidr).toBe('10.1.0.0/24');
    expect((await world.report(scope)).held).toMatchObject([{ cidr: '10.1.0.0/24', holder: 'a' }]);
  });

  it('nothing, with the reasons, where nothing is free', async () => {
    const scope = newScope();
    const policy = { ...POOL_POLICY, ranges: ['10.200.0.0/25'] };
    await world.allocate(scope, 'a', { policy });
    const answer = await world.allocate(scope, 'b', { policy });
    expect(answer).toMatchObject({ cidr: null, heldBefore: false });
    expect(answer.reasons.join()).toMatch(/no \/25 is free in 10\.200\.0\.0\/25/);
    expect(answer.rejected).toContainEqual({
      cidr: '10.200.0.0/25',
      reason: expect.stringContaining('held by a'),
    });
    expect((await world.report(scope)).held).toMatchObject([{ holder: 'a' }]);
    await world.release(scope, 'a', false);
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
        for (const { holder, release, prefixLength, requested, avoid } of steps) {
          if (release === null) {
            await world.allocate(scope, holder, {
              policy: { ...POOL_POLICY, prefixLength },
              requested,
              avoid: [{ cidr: avoid, why: 'of the customer' }],
            });
          } else {
            await world.release(scope, holder, release);
          }
          const { held } = await world.report(scope);
          expect(overlapping(held)).toEqual([]);
          expect(new Set(held.map((block) => block.holder)).size).toBe(held.length);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('40 callers at once 40 blocks', async () => {
    const scope = newScope();
    const holders = Array.from({ length: 40 }, (_, index) => `org/vpc-${index}`);
    const answers = await Promise.all(holders.map((holder) => world.allocate(scope, holder)));
    expect(new Set(answers.map(({ cidr }) => cidr)).size).toBe(40);
    const { held } = await world.report(scope);
    expect(held.map(({ holder }) => holder).sort()).toEqual([...holders].sort());
    expect(overlapping(held)).toEqual([]);
  });
});

describe('a pool refuses', () => {
  it.each([
    ['nobody', ''],
    ['a name that is too long', 'x'.repeat(201)],
  ])('%s, before anything is in its history', async (_what, holder) => {
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
});

describe('a pool whose history has grown', () => {
  /** Temporal asks for a new run at 4 MB of history; a few long reasons are there sooner than thousands of updates. */
  const LONG_REASON = 'x'.repeat(150_000);
  const MOST_ROUNDS = 20;
  const AT_ONCE = 8;

  it('goes on in a new run, and knows who holds what and what rests', async () => {
    const scope = newScope();
    const first = await world.allocate(scope, 'first');
    await world.allocate(scope, 'gone');
    await world.release(scope, 'gone', true);
    const before = await world.report(scope);
    const { runId } = await runOf(scope).describe();

    let runs = 1;
    for (let round = 0; round < MOST_ROUNDS && runs === 1; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          world.allocate(scope, `holder-${index}`, {
            avoid: [{ cidr: '192.168.0.0/16', why: LONG_REASON }],
          }),
        ),
      );
      expect(new Set(answers.map(({ cidr }) => cidr)).size).toBe(AT_ONCE);
      expect(answers.every(({ heldBefore }) => heldBefore)).toBe(round > 0);
      if ((await runOf(scope).describe()).runId !== runId) runs += 1;
    }
    expect(runs).toBe(2);

    const ended = await world.client.workflow.getHandle(poolWorkflowId(scope), runId).describe();
    expect(ended.status.name).toBe('CONTINUED_AS_NEW');
    const after = await world.report(scope);
    expect(after.held.slice(0, 1)).toEqual(before.held);
    expect(after.held).toHaveLength(1 + AT_ONCE);
    expect(after.resting).toEqual(before.resting);
    expect(await world.allocate(scope, 'first')).toMatchObject({ cidr: first.cidr, heldBefore: true });
    const answer = await world.allocate(scope, 'new');
    expect(after.held.map(({ cidr }) => cidr)).not.toContain(answer.cidr);
    expect(answer.cidr).not.toBe(before.resting[0]?.cidr);
  });
});
