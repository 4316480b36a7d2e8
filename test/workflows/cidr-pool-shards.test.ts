import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { poolWorkflowId } from '../../contract/names.js';
import type { BlockAnswer, PoolReport } from '../../contract/pool.js';
import { cidrsOverlap } from '../../domain/addresses/blocks.js';
import { newScope, POOL_POLICY, startPoolWorld, type PoolWorld, type Wanted } from '../harness/pool-world.js';

let world: PoolWorld;
beforeAll(async () => {
  world = await startPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

/** Two blocks in the shard that has the preferred one, two in each of the others. */
const RANGES = ['10.201.0.0/24', '10.200.0.0/24', '10.202.0.0/24'];
const SHARDS = ['10.200.0.0-24', '10.201.0.0-24', '10.202.0.0-24'] as const;
const SHARDED = { policy: { ...POOL_POLICY, ranges: RANGES }, sharding: 'per-range' } as const;

const allocate = (scope: string, holder: string, more: Wanted = {}): Promise<BlockAnswer> =>
  world.allocate(scope, holder, { ...SHARDED, ...more });
const release = (scope: string, holder: string): Promise<void> =>
  world.release(scope, holder, { wasActive: false, policy: SHARDED.policy });

async function heldIn(scope: string): Promise<{ shard: string; held: PoolReport['held'] }[]> {
  const known = await Promise.all(
    SHARDS.map(async (shard) => ({
      shard,
      held: await world.report(scope, shard).then(
        ({ held }) => held,
        () => [],
      ),
    })),
  );
  return known;
}

describe('a pool in shards', () => {
  it('begins where the preferred block is, goes on in the order of the ranges, and says which shard it was', async () => {
    const scope = newScope();
    const answers: BlockAnswer[] = [];
    for (const holder of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) answers.push(await allocate(scope, holder));
    expect(answers.map(({ cidr, shard }) => [cidr, shard])).toEqual([
      ['10.200.0.0/25', SHARDS[0]],
      ['10.200.0.128/25', SHARDS[0]],
      ['10.201.0.0/25', SHARDS[1]],
      ['10.201.0.128/25', SHARDS[1]],
      ['10.202.0.0/25', SHARDS[2]],
      ['10.202.0.128/25', SHARDS[2]],
      [null, null],
    ]);
    expect(answers[2]).toMatchObject({ because: 'first-free', range: 0, passedOver: 'held' });
    expect(answers[6]).toMatchObject({ because: 'none-free', passedOver: 'held' });
    await release(scope, 'g');
    await release(scope, 'c');
    expect((await allocate(scope, 'g')).cidr).toBe('10.201.0.0/25');
  });

  it('gives a holder that asks again the block it has, though a shard before it has room by now', async () => {
    const scope = newScope();
    for (const holder of ['a', 'b']) await allocate(scope, holder);
    const first = await allocate(scope, 'c');
    expect(first.shard).toBe(SHARDS[1]);
    await release(scope, 'a');
    expect(await allocate(scope, 'c')).toMatchObject({ cidr: first.cidr, because: 'held', shard: SHARDS[1] });
    expect((await heldIn(scope)).flatMap(({ held }) => held.map(({ holder }) => holder)).sort()).toEqual([
      'b',
      'c',
    ]);
    expect((await allocate(scope, 'd')).shard).toBe(SHARDS[0]);
  });

  it('forgets whom it passed on when the block is given back, and is asked anew then', async () => {
    const scope = newScope();
    for (const holder of ['a', 'b', 'c']) await allocate(scope, holder);
    await release(scope, 'a');
    await world.release(scope, 'c', { wasActive: false, shards: [SHARDS[0], SHARDS[1]] });
    expect(await allocate(scope, 'c')).toMatchObject({ cidr: '10.200.0.0/25', shard: SHARDS[0] });
  });

  it('exchanges a block for one of another shard, and keeps none behind', async () => {
    const scope = newScope();
    await allocate(scope, 'a');
    const avoid = [...RANGES.slice(0, 2)];
    expect(await allocate(scope, 'a', { avoid })).toMatchObject({
      cidr: '10.202.0.0/25',
      shard: SHARDS[2],
      passedOver: 'avoided 10.200.0.0/24',
    });
    expect(await allocate(scope, 'a', { avoid })).toMatchObject({ because: 'held', shard: SHARDS[2] });
    expect((await heldIn(scope)).map(({ held }) => held.length)).toEqual([0, 0, 1]);
  });

  it('gives a block that is asked for from the shard it lies in, and none outside of all ranges', async () => {
    const scope = newScope();
    expect(await allocate(scope, 'a', { requested: '10.202.0.128/25' })).toEqual({
      cidr: '10.202.0.128/25',
      because: 'requested',
      shard: SHARDS[2],
    });
    const outside = await allocate(scope, 'b', { requested: '10.0.0.0/24' });
    expect(outside).toMatchObject({ cidr: null, because: 'requested-taken', shard: null });
    expect(outside.rejected?.[0]?.reason).toMatch(/lies in none of the ranges/);
  });

  it('plans the block that it would give, with the runners-up of other shards, and starts none', async () => {
    const scope = newScope();
    const planned = await world.explain(scope, 'a', SHARDED);
    expect(planned).toMatchObject({ cidr: '10.200.0.0/25', runnersUp: ['10.200.0.128/25', '10.201.0.0/25'] });
    await expect(
      world.client.workflow.getHandle(poolWorkflowId(scope, SHARDS[0])).describe(),
    ).rejects.toThrow(/not found/i);
    for (const holder of ['a', 'b', 'c']) await allocate(scope, holder);
    await release(scope, 'a');
    expect(await world.explain(scope, 'c', SHARDED)).toMatchObject({
      cidr: '10.201.0.0/25',
      heldBefore: true,
    });
    await allocate(scope, 'a');
    const next = await world.explain(scope, 'd', SHARDED);
    expect(next).toMatchObject({ cidr: (await allocate(scope, 'd')).cidr });
    expect(next.reasons).toEqual([
      '10.200.0.0/25, the preferred block, cannot be used: overlaps 10.200.0.0/25 (held by another connection)',
      '10.201.0.128/25 is the first free /25 of 10.201.0.0/24',
    ]);
  });

  it('never gives a holder two blocks, nor two holders one, whatever comes and goes at once and repeatedly', async () => {
    const step = fc.record({
      holder: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      release: fc.boolean(),
      avoid: fc.constantFrom<string[]>(
        [],
        ['10.200.0.0/25'],
        ['10.200.0.0/24'],
        ['10.200.0.0/24', '10.201.0.128/25'],
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        const scope = newScope();
        for (const { holder, release: isRelease, avoid } of steps) {
          // Each call twice at the same time, as after a time-out.
          await Promise.all(
            [1, 2].map(() => (isRelease ? release(scope, holder) : allocate(scope, holder, { avoid }))),
          );
        }
        const held = (await heldIn(scope)).flatMap((shard) => shard.held);
        expect(new Set(held.map(({ holder }) => holder)).size).toBe(held.length);
        for (const [index, block] of held.entries()) {
          for (const other of held.slice(index + 1)) expect(cidrsOverlap(block.cidr, other.cidr)).toBe(false);
        }
        for (const { holder } of steps) await release(scope, holder);
        expect((await heldIn(scope)).flatMap((shard) => shard.held)).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });
});
