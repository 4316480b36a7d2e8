import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolWorkflowId } from '../../contract/names.js';
import type { BlockAnswer } from '../../contract/pool.js';
import {
  newScope,
  POOL_POLICY,
  startPoolWorld,
  type PoolCallers,
  type PoolWorld,
} from '../harness/pool-world.js';

let world: PoolWorld;
beforeAll(async () => {
  world = await startPoolWorld();
});
afterAll(async () => {
  await world.stop();
});

const WIDE = { ...POOL_POLICY, ranges: ['10.200.0.0/16', '10.201.0.0/16'] };

const runIdOf = async (scope: string): Promise<string> =>
  (await world.client.workflow.getHandle(poolWorkflowId(scope)).describe()).runId;

describe('400 callers at once', () => {
  it('are all answered without an error, 400 blocks to 400 holders, and give them back', async () => {
    const scope = newScope();
    const holders = Array.from({ length: 400 }, (_, index) => `org-${index}/vpc-${index}`);
    const answers = await Promise.all(
      holders.map((holder) => world.allocate(scope, holder, { policy: WIDE })),
    );
    expect(answers.filter(({ cidr }) => cidr === null)).toEqual([]);
    expect(new Set(answers.map(({ cidr }) => cidr)).size).toBe(400);
    const { held, counts } = await world.report(scope);
    expect(counts.held).toBe(400);
    expect(new Map(held.map(({ holder, cidr }) => [holder, cidr]))).toEqual(
      new Map(holders.map((holder, index) => [holder, answers[index]?.cidr])),
    );
    const { events } = await world.client.workflow.getHandle(poolWorkflowId(scope)).fetchHistory();
    expect(events?.length).toBeLessThan(60);

    await Promise.all(holders.map((holder) => world.release(scope, holder, false)));
    expect((await world.report(scope)).held).toEqual([]);
  });
});

describe('many processes that ask one pool, which goes on in new runs meanwhile', () => {
  /** A history is long enough at 4 MB: what customers use is told at length, so that it takes hundreds of orders, not thousands. */
  const CUSTOMER_RANGES = Array.from(
    { length: 900 },
    (_, index) => `172.${16 + (index >> 8)}.${index & 255}.0/24`,
  );
  const PROCESSES = 4;
  const HOLDERS = 20;
  const MOST_ROUNDS = 12;

  it('give a holder the block it has, however often it asks, and never two holders the same one', async () => {
    const scope = newScope();
    const processes: PoolCallers[] = Array.from({ length: PROCESSES }, () => world.newProcess());
    const inUse = new Map<string, string>();
    const violations: string[] = [];

    /** Asks at two processes at the same time, as after an attempt that was given up. */
    const live = async (holder: string, at: number): Promise<void> => {
      const ask = (process: number): Promise<BlockAnswer> => {
        const caller = processes[process % PROCESSES];
        if (caller === undefined) throw new Error('no process');
        return caller.allocate(scope, holder, { policy: WIDE, avoid: CUSTOMER_RANGES });
      };
      const [one, other] = await Promise.all([ask(at), ask(at + 1)]);
      const again = await ask(at + 2);
      const { cidr } = one;
      if (cidr === null || other.cidr !== cidr || again.cidr !== cidr || again.because !== 'held') {
        violations.push(`${holder} got ${String(cidr)}, ${String(other.cidr)} and ${String(again.cidr)}`);
        return;
      }
      const user = inUse.get(cidr);
      if (user !== undefined && user !== holder)
        violations.push(`${cidr} is in use by ${user} and ${holder}`);
      inUse.set(cidr, holder);
    };
    const leave = async (holder: string, at: number): Promise<void> => {
      for (const [cidr, user] of inUse) if (user === holder) inUse.delete(cidr);
      await processes[at % PROCESSES]?.release(scope, holder, false);
    };

    const runs = new Set<string>();
    for (let round = 0; round < MOST_ROUNDS && runs.size < 2; round += 1) {
      await Promise.all(
        Array.from({ length: HOLDERS }, async (_, index) => {
          const holder = `org-${index}/vpc-1`;
          await live(holder, index + round);
          if (index % 3 === round % 3) await leave(holder, index);
        }),
      );
      runs.add(await runIdOf(scope));
    }
    expect(violations).toEqual([]);
    expect(runs.size).toBe(2);
    const { held } = await world.report(scope);
    expect(new Map(held.map(({ cidr, holder }) => [cidr, holder]))).toEqual(inUse);
  });

  it('know after a new run what rests', async () => {
    const scope = newScope();
    await world.allocate(scope, 'gone');
    await world.release(scope, 'gone', true);
    const before = await world.report(scope);
    const runId = await runIdOf(scope);
    for (let round = 0; round < MOST_ROUNDS && (await runIdOf(scope)) === runId; round += 1) {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          world.allocate(scope, `holder-${index}`, { avoid: CUSTOMER_RANGES }),
        ),
      );
    }
    expect(await runIdOf(scope)).not.toBe(runId);
    const after = await world.report(scope);
    expect(after.resting).toEqual(before.resting);
    expect((await world.allocate(scope, 'new')).cidr).not.toBe(before.resting[0]?.cidr);
  });
});
