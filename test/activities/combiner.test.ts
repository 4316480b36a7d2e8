import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Combiner, type CombinerOptions } from '../../activities/combiner.js';

interface Bench {
  readonly combiner: Combiner<string, string>;
  /** Every batch that was sent, in order. */
  readonly batches: string[][];
  /** How often nothing waited any more. */
  readonly idle: { count: number };
  /** Answers the batch under way. */
  readonly answer: () => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** Each order is answered by itself in capitals, when the test says so. */
function setUp(limits: Partial<CombinerOptions<string, string>> = {}): Bench {
  const batches: string[][] = [];
  const open: { finish: () => void; fail: (error: Error) => void }[] = [];
  const idle = { count: 0 };
  const combiner = new Combiner<string, string>({
    send: (orders) => {
      batches.push([...orders]);
      return new Promise((resolve, reject) => {
        open.push({
          finish: () => resolve(orders.map((order) => order.toUpperCase())),
          fail: reject,
        });
      });
    },
    sizeOf: (order) => order.length,
    mostOrders: 100,
    mostBytes: 1_000,
    onIdle: () => (idle.count += 1),
    ...limits,
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const underWay = async (): Promise<(typeof open)[number]> => {
    await settled();
    expect(open).toHaveLength(1);
    const [one] = open.splice(0);
    if (one === undefined) throw new Error('nothing is under way');
    return one;
  };
  return {
    combiner,
    batches,
    idle,
    answer: async () => {
      (await underWay()).finish();
      await settled();
    },
    fail: async (error) => {
      (await underWay()).fail(error);
      await settled();
    },
  };
}

describe('a combiner', () => {
  it('sends what comes together in one batch, in the order of coming, and gives everyone their own answer', async () => {
    const { combiner, batches, answer } = setUp();
    const asked = ['a', 'b', 'c'].map((order) => combiner.ask(order));
    await answer();
    expect(batches).toEqual([['a', 'b', 'c']]);
    expect(await Promise.all(asked)).toEqual(['A', 'B', 'C']);
  });

  it('has one batch under way, and lets all who come meanwhile ride in the next one', async () => {
    const { combiner, batches, answer, idle } = setUp();
    const first = combiner.ask('a');
    await new Promise((resolve) => setImmediate(resolve));
    const later = ['b', 'c', 'd'].map((order) => combiner.ask(order));
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toEqual([['a']]);
    await answer();
    expect(await first).toBe('A');
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    expect(idle.count).toBe(0);
    await answer();
    expect(await Promise.all(later)).toEqual(['B', 'C', 'D']);
    expect(idle.count).toBe(1);
  });

  it('fails exactly the callers of a batch that failed', async () => {
    const { combiner, fail, answer } = setUp();
    const lost = ['a', 'b'].map((order) => combiner.ask(order).catch((error: unknown) => error));
    await new Promise((resolve) => setImmediate(resolve));
    const next = combiner.ask('c');
    const error = new Error('the reply was lost');
    await fail(error);
    expect(await Promise.all(lost)).toEqual([error, error]);
    await answer();
    expect(await next).toBe('C');
  });

  it('bounds a batch by orders and by bytes, and sends what is larger alone', async () => {
    const { combiner, batches, answer } = setUp({ mostOrders: 3, mostBytes: 10 });
    const orders = ['a', 'b', 'c', 'd', 'eeeeeeee', 'ff', 'g', 'hhhhhhhhhhhhhhh', 'i'];
    const asked = orders.map((order) => combiner.ask(order));
    for (let count = 0; count < 5; count += 1) await answer();
    expect(batches).toEqual([['a', 'b', 'c'], ['d', 'eeeeeeee'], ['ff', 'g'], ['hhhhhhhhhhhhhhh'], ['i']]);
    expect(await Promise.all(asked)).toEqual(orders.map((order) => order.toUpperCase()));
  });

  it('no longer asks for those who gave up while they waited; what is under way it does not call back', async () => {
    const { combiner, batches, answer } = setUp();
    const [early, late] = [new AbortController(), new AbortController()];
    const first = combiner.ask('a', early.signal).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    const second = combiner.ask('b', late.signal).catch((error: unknown) => error);
    const third = combiner.ask('c');
    const reason = new Error('the worker shuts down');
    early.abort(reason);
    late.abort(reason);
    expect(await Promise.all([first, second])).toEqual([reason, reason]);
    await answer();
    await answer();
    expect(await third).toBe('C');
    expect(batches).toEqual([['a'], ['c']]);
    await expect(combiner.ask('d', late.signal)).rejects.toBe(reason);
  });

  it('tells callers that were left without an answer', async () => {
    const combiner = new Combiner<string, string>({
      send: () => Promise.resolve(['only one']),
      sizeOf: () => 1,
      mostOrders: 10,
      mostBytes: 10,
      onIdle: () => undefined,
    });
    const [first, second] = await Promise.allSettled([combiner.ask('a'), combiner.ask('b')]);
    expect(first).toEqual({ status: 'fulfilled', value: 'only one' });
    expect(second).toMatchObject({ status: 'rejected', reason: { message: '1 answers to 2 orders' } });
  });

  it('keeps order, bounds and answers whatever comes when, and drains', async () => {
    const step = fc.record({ order: fc.string({ minLength: 1, maxLength: 6 }), pause: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const batches: string[][] = [];
        let underWay = 0;
        const combiner = new Combiner<string, string>({
          send: async (orders) => {
            underWay += 1;
            expect(underWay).toBe(1);
            batches.push([...orders]);
            await new Promise((resolve) => setImmediate(resolve));
            underWay -= 1;
            return orders.map((order) => `${order}!`);
          },
          sizeOf: (order) => order.length,
          mostOrders: 5,
          mostBytes: 12,
          onIdle: () => undefined,
        });
        const asked: Promise<string>[] = [];
        for (const { order, pause } of steps) {
          asked.push(combiner.ask(order));
          for (let turn = 0; turn < pause; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await Promise.all(asked)).toEqual(steps.map(({ order }) => `${order}!`));
        expect(batches.flat()).toEqual(steps.map(({ order }) => order));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(5);
          expect(batch.join('').length).toBeLessThanOrEqual(12);
        }
      }),
      { numRuns: 50 },
    );
  });
});
