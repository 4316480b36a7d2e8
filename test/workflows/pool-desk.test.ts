import { describe, expect, it } from '@jest/globals';
import { unpackGrant, type BatchedOrder } from '../../contract/pool.js';
import { MOST_BLOCKS, PoolDesk } from '../../workflows/pool-desk.js';

const POLICY = { preferred: '10.0.0.0/25', prefixLength: 25, ranges: ['10.0.0.0/8'], reserved: [] };
const MOST_STATE_BYTES = 1_200_000;

/** As long as a connection's name is where organizations have UUIDs for ids. */
const holderOf = (index: number): string => {
  const hex = (index * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(0, 4)}-4${hex.slice(1, 4)}-8${hex.slice(2, 5)}-${hex}/vpc-${index.toString(16).padStart(17, '0')}`;
};
const order = (holder: string): BatchedOrder => ({ holder, avoid: ['172.31.0.0/16'] });
const allocate = (desk: PoolDesk, orders: BatchedOrder[]): (string | null)[] =>
  desk.answer({ policies: [POLICY], orders }).map((answer) => answer?.[0] ?? null);

describe('a pool with as many blocks as it may have', () => {
  const desk = new PoolDesk(undefined);
  const holders = Array.from({ length: MOST_BLOCKS }, (_, index) => holderOf(index));
  const blocks = allocate(desk, holders.map(order));

  it('fits into one payload, half of them resting or passed on as well', () => {
    expect(holders[0]).toHaveLength(58);
    expect(new Set(blocks).size).toBe(MOST_BLOCKS);
    expect(JSON.stringify(desk.state()).length).toBeLessThan(MOST_STATE_BYTES);
    const other = new PoolDesk(desk.state());
    for (const holder of holders.slice(0, MOST_BLOCKS / 2)) {
      other.release({ holder, wasActive: true, quarantineMs: 86_400_000 });
    }
    expect(JSON.stringify(other.state()).length).toBeLessThan(MOST_STATE_BYTES);
  });

  it('goes on from its state as it was', () => {
    const next = new PoolDesk(structuredClone(desk.state()));
    expect(allocate(next, holders.slice(0, 100).map(order))).toEqual(blocks.slice(0, 100));
    expect(next.report({}, 10).counts).toEqual({ held: MOST_BLOCKS, resting: 0, reserved: 0 });
  });

  it('gives no more, says why, and has room again after a release and its quarantine', () => {
    const full = new PoolDesk(desk.state());
    const [refusal] = full.answer({ policies: [POLICY], orders: [order('one/more')] });
    if (refusal === undefined || refusal === null) throw new Error('an allocation was expected');
    expect(unpackGrant(refusal)).toMatchObject({
      cidr: null,
      because: 'none-free',
      rejected: [{ reason: expect.stringMatching(/16384 blocks, the most .* addresses\.sharding/) }],
    });
    expect(full.adopt({ holder: 'one/more', cidr: '10.250.0.0/25' })).toMatchObject({ ok: false });
    full.release({ holder: holders[7] ?? '', wasActive: false, quarantineMs: 0 });
    expect(allocate(full, [order('one/more')])).toEqual([blocks[7]]);
  });

  it('reads page by page what does not fit into one answer', () => {
    const seen: string[] = [];
    for (let from: number | null = 0; from !== null;) {
      const page = desk.report({ from }, 5_000);
      expect(JSON.stringify(page).length).toBeLessThan(1_000_000);
      seen.push(...page.held.map(({ holder }) => holder));
      from = page.next;
    }
    expect(seen).toEqual(holders);
  });
});

describe('a batch', () => {
  it('is answered order by order, in the order of coming, releases among allocations', () => {
    const desk = new PoolDesk(undefined);
    const release = { holder: 'a', wasActive: false, quarantineMs: 0 };
    expect(allocate(desk, [order('a'), order('b'), release, order('c'), order('a')])).toEqual([
      '10.0.0.0/25',
      '10.0.0.128/25',
      null,
      '10.0.0.0/25',
      '10.0.1.0/25',
    ]);
  });
});
