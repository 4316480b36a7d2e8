import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BlockAnswer } from '../../contract/pool.js';
import { cidrsOverlap } from '../../domain/addresses/blocks.js';
import { DAY_MS } from '../../domain/durations.js';
import { newScope, POOL_POLICY, startPoolWorld, type PoolWorld, type Wanted } from '../harness/pool-world.js';

let world: PoolWorld;
beforeAll(async () => {
  world = await startPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

interface Connection {
  readonly scope: string;
  readonly holder: string;
  readonly customerScope: string;
}

/** Connections of as many organizations to one VPC. */
function toOneVpc(count: number): Connection[] {
  const vpcId = `vpc-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
  return Array.from({ length: count }, () => {
    const scope = newScope();
    return { scope, holder: `${scope}/${vpcId}`, customerScope: `customer:${vpcId}` };
  });
}

function two(): [Connection, Connection] {
  const [one, other] = toOneVpc(2);
  if (one === undefined || other === undefined) throw new Error('two connections were asked for');
  return [one, other];
}

const allocate = (
  { scope, holder, customerScope }: Connection,
  wanted: Wanted = {},
  from: Pick<PoolWorld, 'allocate'> = world,
): Promise<BlockAnswer> => from.allocate(scope, holder, { customerScope, ...wanted });

const release = ({ scope, holder, customerScope }: Connection, wasActive: boolean): Promise<void> =>
  world.release(scope, holder, { wasActive, customerScope, quarantineMs: DAY_MS });

const heldIn = async (scope: string): Promise<Record<string, string>> =>
  Object.fromEntries((await world.report(scope)).held.map(({ holder, cidr }) => [holder, cidr]));

const FIRST = '10.200.0.0/25';
const SECOND = '10.200.0.128/25';

describe('two organizations that ask for one VPC', () => {
  it('get blocks apart, each held in both pools, and the same ones however often they ask', async () => {
    const [one, other] = two();
    expect(await allocate(one)).toMatchObject({ cidr: FIRST, because: 'preferred' });
    expect(await allocate(other)).toMatchObject({
      cidr: SECOND,
      because: 'first-free',
      passedOver: 'avoided',
      ofTheSameNetwork: [FIRST],
    });
    for (const [connection, cidr] of [
      [one, FIRST],
      [other, SECOND],
    ] as const) {
      expect(await allocate(connection)).toMatchObject({ cidr, because: 'held' });
      expect(await heldIn(connection.scope)).toEqual({ [connection.holder]: cidr });
    }
    expect(await heldIn(one.customerScope)).toEqual({ [one.holder]: FIRST, [other.holder]: SECOND });
  });

  it('are told beforehand which block it will be, and not who has the other', async () => {
    const [one, other] = two();
    await allocate(one);
    const { scope, holder, customerScope } = other;
    const explained = await world.explain(scope, holder, { customerScope });
    expect(explained).toMatchObject({
      cidr: SECOND,
      rejected: [{ cidr: FIRST, reason: `overlaps ${FIRST} (of another connection to the same VPC)` }],
    });
    expect(JSON.stringify(explained)).not.toContain(one.scope);
    expect((await allocate(other)).cidr).toBe(explained.cidr);
    expect(await world.explain(scope, holder, { customerScope })).toMatchObject({
      cidr: SECOND,
      heldBefore: true,
    });
    expect(await world.explain(one.scope, one.holder, { customerScope })).toMatchObject({ cidr: FIRST });
  });

  it('are refused a block asked for that the other one has, and keep nothing of it', async () => {
    const [one, other] = two();
    await allocate(one);
    const { scope, holder, customerScope } = other;
    const reason = `overlaps ${FIRST} (of another connection to the same VPC)`;
    const explained = await world.explain(scope, holder, { customerScope, requested: FIRST });
    expect(explained).toMatchObject({ cidr: null, rejected: [{ cidr: FIRST, reason }] });
    for (const attempt of [1, 2]) {
      const answer = await allocate(other, { requested: FIRST });
      expect([attempt, answer]).toMatchObject([
        attempt,
        { cidr: null, because: 'requested-taken', rejected: [{ cidr: FIRST, reason }] },
      ]);
      expect(JSON.stringify(answer)).not.toContain(one.scope);
    }
    expect(await heldIn(scope)).toEqual({});
    expect(await heldIn(customerScope)).toEqual({ [one.holder]: FIRST });
  });

  it('are told why where no other block is left, and keep nothing', async () => {
    const [one, other] = two();
    const policy = { ...POOL_POLICY, ranges: [FIRST] };
    await allocate(one, { policy });
    const answer = await allocate(other, { policy });
    expect(answer).toMatchObject({
      cidr: null,
      because: 'none-free',
      rejected: expect.arrayContaining([{ cidr: FIRST, reason: 'is of another connection to the same VPC' }]),
    });
    expect(await heldIn(other.scope)).toEqual({});
    await release(one, false);
    expect((await allocate(other, { policy })).cidr).toBe(FIRST);
  });

  it('go on to the next shard, where the first has no room beside the other', async () => {
    const [one, other] = two();
    const policy = { ...POOL_POLICY, ranges: [FIRST, '10.201.0.0/24'] };
    const wanted = { policy, sharding: 'per-range' } as const;
    expect(await allocate(one, wanted)).toMatchObject({ cidr: FIRST, shard: '10.200.0.0-25' });
    for (const attempt of [1, 2]) {
      expect([attempt, await allocate(other, wanted)]).toMatchObject([
        attempt,
        { cidr: '10.201.0.0/25', shard: '10.201.0.0-24' },
      ]);
    }
    expect((await world.report(other.scope, '10.200.0.0-25')).held).toEqual([]);
  });
});

describe('many organizations that ask for one VPC at the same moment', () => {
  it('get blocks apart, from one process and from several', async () => {
    const connections = toOneVpc(6);
    const processes = [world, world.newProcess(), world.newProcess()];
    const ask = (): Promise<BlockAnswer[]> =>
      Promise.all(
        connections.map((connection, index) => allocate(connection, {}, processes[index % processes.length])),
      );
    const cidrs = (await ask()).map(({ cidr }) => cidr ?? '');
    for (const [index, cidr] of cidrs.entries()) {
      expect(cidrs.slice(index + 1).filter((other) => cidrsOverlap(cidr, other))).toEqual([]);
    }
    expect((await ask()).map(({ cidr }) => cidr)).toEqual(cidrs);
    const [first] = connections;
    expect(await heldIn(first?.customerScope ?? '')).toEqual(
      Object.fromEntries(connections.map(({ holder }, index) => [holder, cidrs[index]])),
    );
    for (const [index, { scope, holder }] of connections.entries()) {
      expect(await heldIn(scope)).toEqual({ [holder]: cidrs[index] });
    }
  });
});

describe('a block of both pools', () => {
  it('is free for others in both at once where it never carried traffic', async () => {
    const [one, other] = two();
    await allocate(one);
    await release(one, false);
    await release(one, false);
    expect(await heldIn(one.scope)).toEqual({});
    expect(await heldIn(one.customerScope)).toEqual({});
    expect((await allocate(other)).cidr).toBe(FIRST);
  });

  it('rests in both where it did: the customer has routes to it still, whoever asks next; its last holder may have it', async () => {
    const [one, other] = two();
    await allocate(one);
    await release(one, true);
    for (const scope of [one.scope, one.customerScope]) {
      expect(await world.report(scope)).toMatchObject({
        held: [],
        resting: [{ cidr: FIRST, lastHolder: one.holder }],
      });
    }
    expect((await allocate(other)).cidr).toBe(SECOND);
    expect((await allocate(one)).cidr).toBe(FIRST);
  });

  it('is claimed in the second by the next attempt, and given back by a release, where an attempt broke off between them', async () => {
    const [one, other] = two();
    await world.allocate(one.scope, one.holder);
    expect((await allocate(one)).cidr).toBe(FIRST);
    await world.allocate(other.scope, other.holder);
    expect(await heldIn(other.scope)).toEqual({ [other.holder]: FIRST });
    await release(other, false);
    expect(await heldIn(other.scope)).toEqual({});
    expect(await heldIn(one.customerScope)).toEqual({ [one.holder]: FIRST });
  });

  it('is another one where an attempt that broke off left one that somebody else has claimed meanwhile', async () => {
    const [one, other] = two();
    await world.allocate(other.scope, other.holder);
    await allocate(one);
    expect((await allocate(other)).cidr).toBe(SECOND);
    expect(await heldIn(other.scope)).toEqual({ [other.holder]: SECOND });
  });

  it('follows its holder to another block, which then is the only one in both', async () => {
    const [one] = two();
    await allocate(one);
    const moved = await allocate(one, { avoid: ['10.200.0.0/24'] });
    expect(moved.cidr).toBe('10.200.1.0/25');
    for (const scope of [one.scope, one.customerScope]) {
      expect(await heldIn(scope)).toEqual({ [one.holder]: '10.200.1.0/25' });
    }
  });
});
