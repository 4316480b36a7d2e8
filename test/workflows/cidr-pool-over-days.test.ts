import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  newScope,
  POOL_POLICY,
  startSkippingPoolWorld,
  type SkippingPoolWorld,
} from '../harness/pool-world.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
/** How long before the end of a rest the skipping of time ends. */
const SHORTLY_MS = 3_000;

let world: SkippingPoolWorld;
beforeAll(async () => {
  world = await startSkippingPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

describe('a block that is given back', () => {
  it('rests a day where it carried traffic, and is then given to others', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', { wasActive: true });
    const [resting] = (await world.report(scope)).resting;
    expect(resting).toMatchObject({ cidr: '10.200.0.0/25', lastHolder: 'a' });

    await world.sleep(23 * HOUR_MS);
    const early = await world.allocate(scope, 'b');
    expect(early).toMatchObject({ cidr: '10.200.0.128/25', passedOver: 'resting' });
    expect(Date.parse(resting?.until ?? '')).toBeGreaterThan(await world.now());

    await world.sleep(HOUR_MS + 1_000);
    expect((await world.allocate(scope, 'c')).cidr).toBe('10.200.0.0/25');
    expect((await world.report(scope)).resting).toEqual([]);
  });

  it('rests as long as the configuration says, also not at all', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', { wasActive: true, quarantineMs: 2 * HOUR_MS });
    await world.sleep(HOUR_MS);
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.0.128/25');
    await world.sleep(HOUR_MS + 1_000);
    expect((await world.allocate(scope, 'c')).cidr).toBe('10.200.0.0/25');
    await world.release(scope, 'c', { wasActive: true, quarantineMs: 0 });
    expect((await world.allocate(scope, 'd')).cidr).toBe('10.200.0.0/25');
  });

  it('rests, when the same holder gets another one in exchange, only where it carried traffic', async () => {
    const exchange = async (wasActive: boolean): Promise<string | null> => {
      const scope = newScope();
      await world.allocate(scope, 'a');
      await world.exchange(scope, 'a', { avoid: ['10.200.0.0/25'], wasActive });
      return (await world.allocate(scope, 'b')).cidr;
    };
    expect(await exchange(true)).toBe('10.200.1.0/25');
    expect(await exchange(false)).toBe('10.200.0.0/25');
  });

  it('rests for exactly a day: by the millisecond, the first to ask after that has it', async () => {
    const scope = newScope();
    // Small ones, so that there are enough for all that ask.
    const order = { policy: { ...POOL_POLICY, preferred: '10.200.0.0/28', prefixLength: 28 } };
    const { cidr } = await world.allocate(scope, 'a', order);
    await world.release(scope, 'a', { wasActive: true });
    const [resting] = (await world.report(scope)).resting;
    const until = Date.parse(resting?.until ?? '');
    const now = await world.now();
    expect(until - now).toBeLessThanOrEqual(DAY_MS);
    expect(until - now).toBeGreaterThan(DAY_MS - MINUTE_MS);
    await world.sleep(until - now - SHORTLY_MS);

    const asked: { cidr: string | null; since: number }[] = [];
    for (let holder = 0; (asked.at(-1)?.since ?? 0) < until; holder += 1) {
      const name = `b${holder.toString()}`;
      const answer = await world.allocate(scope, name, order);
      const own = (await world.report(scope)).held.find((block) => block.holder === name);
      asked.push({ cidr: answer.cidr, since: Date.parse(own?.since ?? '') });
    }
    const [after, ...early] = [...asked].reverse();
    // By the pool's own clock, so that a busy machine changes nothing.
    expect(early.length).toBeGreaterThan(0);
    expect(early.filter((one) => one.cidr === cidr)).toEqual([]);
    expect(after?.cidr).toBe(cidr);
  });

  it('goes to others at once where it never carried traffic', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', false);
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.0.0/25');
  });

  it('goes to its last holder at once, and still to nobody else', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', { wasActive: true });
    expect(await world.allocate(scope, 'a')).toMatchObject({ cidr: '10.200.0.0/25', because: 'preferred' });
    await world.release(scope, 'a', false);
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.0.128/25');
  });

  it('is given back once: giving it back again changes nothing, also when another has it since', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', false);
    await world.allocate(scope, 'b');
    const before = await world.report(scope);
    await world.release(scope, 'a', { wasActive: true });
    await world.release(scope, 'a', false);
    expect(await world.report(scope)).toEqual(before);
  });

  it('rests from the last time that it was given back', async () => {
    const scope = newScope();
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', { wasActive: true });
    await world.sleep(20 * HOUR_MS);
    await world.allocate(scope, 'a');
    await world.release(scope, 'a', { wasActive: true });
    await world.sleep(20 * HOUR_MS);
    expect((await world.allocate(scope, 'b')).cidr).toBe('10.200.0.128/25');
  });
});
