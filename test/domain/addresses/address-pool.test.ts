import { describe, expect, it } from '@jest/globals';
import { AddressPool, reasonsOf } from '../../../domain/addresses/address-pool.js';
import type { BlockOrder } from '../../../domain/addresses/block-order.js';
import type { AddressPolicy } from '../../../domain/addresses/choose-block.js';
import { DAY_MS } from '../../../domain/durations.js';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const policy: AddressPolicy = {
  preferred: '10.200.0.0/25',
  prefixLength: 25,
  ranges: ['10.200.0.0/24', '192.168.0.0/24'],
  reserved: [],
};

const order = (holder: string, more: Partial<BlockOrder> = {}): BlockOrder => ({
  holder,
  policy,
  avoid: [],
  requested: null,
  ...more,
});

/** A pool in which these holders have asked, one after the other. */
function poolOf(...holders: string[]): AddressPool {
  const pool = AddressPool.restore(null);
  for (const holder of holders) pool.allocate(order(holder), NOW);
  return pool;
}

describe('a holder', () => {
  it('gets the same block again, and gives it back once', () => {
    const pool = poolOf('a');
    expect(pool.allocate(order('a'), NOW)).toEqual({ cidr: '10.200.0.0/25', because: 'held' });
    pool.release({ holder: 'a', wasActive: false }, NOW);
    pool.release({ holder: 'a', wasActive: false }, NOW);
    expect(pool.allocate(order('b'), NOW).because).toBe('preferred');
  });

  it('gets another block where the held one overlaps what is to be avoided now; the old one is free', () => {
    const pool = poolOf('a');
    const avoid = ['10.200.0.64/26'];
    expect(pool.allocate(order('a', { avoid }), NOW).cidr).toBe('10.200.0.128/25');
    expect(pool.report(NOW)).toMatchObject({ held: [{ cidr: '10.200.0.128/25' }], resting: [] });
  });

  it('leaves the old block resting where that was active', () => {
    const pool = poolOf('a');
    const given = pool.allocate(order('a', { avoid: ['10.200.0.64/26'], wasActive: true }), NOW);
    expect(given.cidr).toBe('10.200.0.128/25');
    expect(pool.report(NOW).resting).toEqual([
      { cidr: '10.200.0.0/25', lastHolder: 'a', until: new Date(NOW + DAY_MS).toISOString() },
    ]);
    expect(pool.allocate(order('b'), NOW).cidr).toBe('192.168.0.0/25');
  });

  it.each([true, false])('keeps the old block where no other is free (was active: %s)', (wasActive) => {
    const pool = poolOf('a', 'b', 'c', 'd');
    const before = pool.snapshot();
    const refused = pool.allocate(order('a', { avoid: ['10.200.0.0/25'], wasActive }), NOW);
    expect(refused).toMatchObject({ cidr: null, because: 'none-free' });
    expect(pool.heldBy('a')).toBe('10.200.0.0/25');
    expect(pool.snapshot().resting).toEqual(before.resting);
    expect(pool.allocate(order('e'), NOW).cidr).toBeNull();
  });

  it('may ask for a block around the one it holds, or in it, whose rest then goes on resting', () => {
    const pool = poolOf('a');
    const wider = pool.allocate(order('a', { requested: '10.200.0.0/24', wasActive: true }), NOW);
    expect(wider).toEqual({ cidr: '10.200.0.0/24', because: 'requested' });
    expect(pool.report(NOW).resting).toEqual([]);
    pool.allocate(order('a', { requested: '10.200.0.0/26', wasActive: true }), NOW);
    expect(pool.report(NOW).resting.map(({ cidr }) => cidr)).toEqual(['10.200.0.64/26', '10.200.0.128/25']);
  });
});

describe('quarantine', () => {
  it('keeps a block from others until it ends, and never from the last holder', () => {
    const pool = poolOf('a');
    pool.release({ holder: 'a', wasActive: true }, NOW);
    const other = pool.allocate(order('b'), NOW + DAY_MS - 1);
    expect(other).toMatchObject({ cidr: '10.200.0.128/25', passedOver: 'resting' });
    expect(pool.allocate(order('a'), NOW + DAY_MS - 1).cidr).toBe('10.200.0.0/25');
    pool.release({ holder: 'a', wasActive: true, quarantineMs: 5 }, NOW + DAY_MS);
    expect(pool.allocate(order('c'), NOW + DAY_MS + 5).cidr).toBe('10.200.0.0/25');
  });

  it('is not shown when it is over, though nobody has asked since', () => {
    const pool = poolOf('a');
    pool.release({ holder: 'a', wasActive: true }, NOW);
    const [during] = pool.utilisation(policy, NOW);
    const [after] = pool.utilisation(policy, NOW + DAY_MS);
    expect(during).toMatchObject({ free: 128, resting: 128, largestFree: '10.200.0.128/25' });
    expect(after).toMatchObject({ free: 256, resting: 0, largestFree: '10.200.0.0/24' });
    expect(pool.report(NOW + DAY_MS).resting).toEqual([]);
    expect(pool.report(NOW).resting).toHaveLength(1);
  });
});

describe('what the operator says', () => {
  it('reserves a block, so that nothing is given out of it until it is unreserved', () => {
    const pool = AddressPool.restore(null);
    expect(pool.reserve({ cidr: '10.200.0.0/24', why: 'data centre' }, NOW)).toEqual({ ok: true });
    const grant = pool.allocate(order('a'), NOW);
    expect(grant).toMatchObject({ cidr: '192.168.0.0/25', passedOver: 'reserved 10.200.0.0/24' });
    const explained = pool.explain({ holder: 'b', policy, avoid: [], requested: null }, NOW);
    expect(explained.reasons[0]).toContain('overlaps 10.200.0.0/24 (reserved: data centre)');
    const restored = AddressPool.restore(pool.snapshot());
    expect(restored.unreserve('10.200.0.0/24')).toBe(true);
    expect(restored.unreserve('10.200.0.0/24')).toBe(false);
    expect(restored.allocate(order('b'), NOW).because).toBe('preferred');
  });

  it('cannot reserve what is held, and hears by whom', () => {
    expect(poolOf('a', 'b').reserve({ cidr: '10.0.0.0/8', why: 'x' }, NOW)).toEqual({
      ok: false,
      problem: '10.0.0.0/8 overlaps 10.200.0.0/25 (held by a), 10.200.0.128/25 (held by b)',
    });
    expect(poolOf().reserve({ cidr: '10.0.0.1/8', why: 'x' }, NOW)).toMatchObject({
      problem: expect.stringContaining('host bits'),
    });
  });

  it('adopts the block of a VPC that exists, unless another holds it', () => {
    const pool = poolOf('a');
    expect(pool.adopt({ holder: 'b', cidr: '10.200.0.0/26' }, NOW)).toEqual({
      ok: false,
      problem: '10.200.0.0/26 overlaps 10.200.0.0/25 (held by a)',
    });
    const adopted = { ok: true, cidr: '10.9.0.0/16', heldBefore: false };
    expect(pool.adopt({ holder: 'b', cidr: '10.9.0.0/16' }, NOW)).toEqual(adopted);
    expect(pool.adopt({ holder: 'b', cidr: '10.9.0.0/16' }, NOW)).toEqual({ ...adopted, heldBefore: true });
    expect(pool.adopt({ holder: 'b', cidr: '10.10.0.0/16' }, NOW)).toMatchObject({
      problem: 'b holds 10.9.0.0/16 already',
    });
    expect(pool.adopt({ holder: 'c', cidr: '8.8.8.0/24' }, NOW)).toMatchObject({ ok: false });
  });
});

describe('a grant in sentences', () => {
  it('says the same as the explanation, and names no other holder', () => {
    const pool = poolOf('secret');
    const avoid = [{ cidr: '10.200.0.0/24', why: "the customer's VPC" }];
    const explained = pool.explain({ holder: 'b', policy, avoid, requested: null }, NOW);
    expect(explained.runnersUp).toEqual(['192.168.0.128/25']);
    const grant = pool.allocate(order('b', { avoid: ['10.200.0.0/24'] }), NOW);
    expect(reasonsOf(grant, policy, avoid)).toEqual(explained.reasons);
    const other = pool.allocate(order('c'), NOW);
    expect(reasonsOf(other, policy)).toEqual([
      '10.200.0.0/25, the preferred block, cannot be used: overlaps 10.200.0.0/25 (held by another connection)',
      '10.200.0.128/25 is the first free /25 of 10.200.0.0/24',
    ]);
    expect(reasonsOf(pool.allocate(order('c'), NOW), policy)).toEqual([
      '10.200.0.128/25 is held by this connection already',
    ]);
  });

  it('tells of a refusal what was tried, in one line for each range', () => {
    const full = poolOf('a', 'b', 'c', 'd');
    const grant = full.allocate(order('e', { avoid: ['192.168.0.0/16'] }), NOW);
    expect(grant.rejected).toEqual([
      { cidr: '10.200.0.0/25', reason: 'overlaps 10.200.0.0/25 (held by another connection)' },
      { cidr: '10.200.0.0/24', reason: 'no /25 of it is free' },
      { cidr: '192.168.0.0/24', reason: 'overlaps 192.168.0.0/16 (to be avoided)' },
    ]);
    expect(reasonsOf(grant, policy)[1]).toBe('no /25 is free in 10.200.0.0/24, 192.168.0.0/24');
    const requested = full.allocate(order('e', { requested: '10.200.0.0/24' }), NOW);
    expect(reasonsOf(requested, policy)).toEqual([
      'the block asked for cannot be used: overlaps 10.200.0.0/25 (held by another connection)',
    ]);
    const impossible = { ...policy, preferred: '8.8.8.0/24', prefixLength: 29 };
    expect(reasonsOf(full.allocate(order('e', { policy: impossible }), NOW), impossible)).toEqual([
      expect.stringContaining('8.8.8.0/24 is not private'),
      expect.stringContaining('prefix length 29 is not 16 to 28'),
    ]);
  });

  it.each([
    order('a', { avoid: ['10.0.0.1/8'] }),
    order('a', { avoid: ['::/0'] }),
    order('a', { policy: { ...policy, reserved: ['010.0.0.0/8'] } }),
  ])('gives nothing where an obstacle cannot be read', (unreadable) => {
    const grant = poolOf('a').allocate(unreadable, NOW);
    expect(grant).toMatchObject({ cidr: null, because: 'unreadable' });
    expect(reasonsOf(grant, policy)).toEqual([expect.stringContaining('cannot tell what is free')]);
  });
});

describe('the snapshot', () => {
  const BLOCKS = 16_384;
  const MOST_BYTES = 1_200_000;

  /** `<organization>/<vpc>` as long as they are in AWS, every digit another: nothing for an encoding to profit from. */
  function holderOf(number: number): string {
    const digits = (seed: number, length: number): string =>
      Array.from({ length }, (_, at) =>
        ((Math.imul(number * 31 + at * 17 + seed, 0x9e3779b1) >>> 28) % 16).toString(16),
      ).join('');
    const organization = [8, 4, 4, 4, 12].map((length, part) => digits(part * 101, length)).join('-');
    return `${organization}/vpc-${number.toString(16).padStart(17, '0')}`;
  }

  it('of 16,384 blocks, all of other organizations and given over a year, stays below 1.2 MB, and comes back as it was', () => {
    const pool = AddressPool.restore(null);
    const wide = { ...policy, ranges: ['10.0.0.0/8'] };
    for (let number = 0; number < BLOCKS; number += 1) {
      const now = NOW + number * 1_924_731 + (Math.imul(number, 0x9e3779b1) >>> 16);
      const given = pool.allocate(order(holderOf(number), { policy: wide }), now);
      if (given.cidr === null) throw new Error(`no block for ${number}`);
      // Every eighth has been let go and rests at the end.
      if (number % 8 === 0)
        pool.release({ holder: holderOf(number), wasActive: true, quarantineMs: 400 * DAY_MS }, now);
    }
    const text = JSON.stringify(pool.snapshot());
    expect(holderOf(1)).toHaveLength(58);
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
    const parsed: unknown = JSON.parse(text);
    expect(JSON.stringify(AddressPool.restore(parsed as ReturnType<typeof pool.snapshot>).snapshot())).toBe(
      text,
    );
  });

  it('of an unknown version, or with blocks that overlap, is refused', () => {
    const snapshot = poolOf('a').snapshot();
    const later: unknown = { ...snapshot, version: 2 };
    expect(() => AddressPool.restore(later as typeof snapshot)).toThrow('version 1 was expected, not 2');
    const twice = { ...snapshot, resting: snapshot.held };
    expect(() => AddressPool.restore(twice)).toThrow('10.200.0.0/25 is not free');
  });
});
