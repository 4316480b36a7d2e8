import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressPool } from '../../../domain/addresses/address-pool.js';
import { formatBlock, parseBlock, type Ipv4Block } from '../../../domain/addresses/blocks.js';
import type { PoolSnapshot } from '../../../domain/addresses/pool-snapshot.js';
import { CellOracle, cellsOfReport } from './cell-oracle.js';
import { expectSame } from './expect-same.js';

const RANGES = ['10.200.0.0/21', '192.168.4.0/23', '100.64.0.0/24'];
const RESERVED = '10.200.1.128/26';
const HOLDERS = 40;
const RUNS = 210;
const OPERATIONS_A_RUN = 500;
/** At least so many in all; a run that stops early would be a test that has become smaller. */
const LEAST_OPERATIONS = 100_000;

const block = fc
  .record({
    range: fc.constantFrom(...RANGES),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    prefixLength: fc.integer({ min: 22, max: 32 }),
  })
  .map(({ range, at, prefixLength }): string => {
    const { first, last } = parseBlock(range);
    const size = 2 ** (32 - prefixLength);
    const start = Math.floor((first + at * (last + 1 - first)) / size) * size;
    return formatBlock({ first: start, last: start + size - 1, prefixLength });
  });

const holder = fc.integer({ min: 1, max: HOLDERS }).map((number) => `org/vpc-${number}`);
const order = fc.record({
  kind: fc.constant('allocate' as const),
  holder,
  prefixLength: fc.integer({ min: 23, max: 28 }),
  preferred: fc.oneof(
    { weight: 3, arbitrary: fc.constant('10.200.0.0/25') },
    { weight: 1, arbitrary: block },
  ),
  avoid: fc.array(block, { maxLength: 3 }),
  requested: fc.option(block, { freq: 8 }),
  wasActive: fc.boolean(),
});
const operation = fc.oneof(
  { weight: 6, arbitrary: order },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('release' as const), holder, wasActive: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('adopt' as const), holder, cidr: block }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const QUARANTINE_MS = 100;

/** The pool and the naive one, side by side. */
class Pair {
  pool = AddressPool.restore(null);
  readonly oracle = new CellOracle(RANGES);
  now = 1_700_000_000_000;

  play(step: Operation): void {
    switch (step.kind) {
      case 'allocate':
        this.#allocate(step);
        return;
      case 'release': {
        this.oracle.expire(this.now);
        this.oracle.letGo(step.holder, step.wasActive ? this.now + QUARANTINE_MS : null);
        const { holder: name, wasActive } = step;
        this.pool.release({ holder: name, wasActive, quarantineMs: QUARANTINE_MS }, this.now);
        return;
      }
      case 'adopt':
        this.#adopt(step.holder, step.cidr);
        return;
      case 'wait':
        this.now += step.ms;
        return;
      case 'restart': {
        const carried = JSON.stringify(this.pool.snapshot());
        this.pool = AddressPool.restore(JSON.parse(carried) as PoolSnapshot);
        expectSame(JSON.stringify(this.pool.snapshot()), carried);
      }
    }
  }

  #allocate(step: Order): void {
    const { holder: name, requested, wasActive, avoid } = step;
    const policy = {
      preferred: step.preferred,
      prefixLength: step.prefixLength,
      ranges: RANGES,
      reserved: [RESERVED],
    };
    const before = this.pool.heldBy(name);
    // Explaining walks over every block, so that it is asked for a part of the orders.
    const isExplained = step.prefixLength % 4 === 0;
    const named = avoid.map((cidr) => ({ cidr, why: 'customer' }));
    const explained = isExplained
      ? this.pool.explain({ holder: name, policy, avoid: named, requested }, this.now)
      : null;
    const grant = this.pool.allocate(
      { holder: name, policy, avoid, requested, wasActive, quarantineMs: QUARANTINE_MS },
      this.now,
    );
    if (explained !== null) {
      expectSame(explained.cidr, grant.cidr);
      expectSame(explained.heldBefore, grant.because === 'held');
    }

    this.oracle.expire(this.now);
    const expected = this.#expected(step, before);
    expectSame(grant.cidr, expected === null ? null : formatBlock(expected));
    if (expected === null || grant.because === 'held') return;
    this.oracle.letGo(name, wasActive ? this.now + QUARANTINE_MS : null);
    this.oracle.hold(name, expected);
  }

  #expected({ holder: name, requested, avoid, ...step }: Order, before: string | null): Ipv4Block | null {
    const blocked = [...avoid, RESERVED].map(parseBlock);
    const isClear = (cidr: string): boolean =>
      isVpcSize(cidr) && this.oracle.isFreeFor(name, parseBlock(cidr), blocked);
    const toAvoid = avoid.map(parseBlock);
    if (before !== null && (requested === null || requested === before)) {
      if (this.oracle.isFreeFor(name, parseBlock(before), toAvoid)) return parseBlock(before);
    }
    if (requested !== null) return isClear(requested) ? parseBlock(requested) : null;
    if (isClear(step.preferred)) return parseBlock(step.preferred);
    return this.oracle.firstFit(step.prefixLength, name, blocked);
  }

  #adopt(name: string, cidr: string): void {
    this.oracle.expire(this.now);
    const parsed = parseBlock(cidr);
    const isHolding = this.oracle.isHolding(name);
    const same = this.pool.heldBy(name) === cidr;
    const outcome = this.pool.adopt({ holder: name, cidr }, this.now);
    const isLive = this.oracle.isAnyHeld(parsed);
    expectSame(outcome.ok, isVpcSize(cidr) && (same || (!isHolding && !isLive)));
    if (outcome.ok && !same) this.oracle.hold(name, parsed);
  }

  compare(): void {
    const report = this.pool.report(this.now);
    this.oracle.expire(this.now);
    expect(cellsOfReport(report)).toEqual(this.oracle.cells());
    const policy = { preferred: '10.200.0.0/25', prefixLength: 25, ranges: RANGES, reserved: [RESERVED] };
    for (const range of this.pool.utilisation(policy, this.now)) {
      expect(range.free + range.held + range.resting + range.reserved).toBe(range.addresses);
      const { held, resting } = this.oracle.addressesIn(parseBlock(range.cidr));
      expect({ held: range.held, resting: range.resting }).toEqual({ held, resting });
      const largest = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28]
        .map((length) => this.oracle.within([range.cidr]).firstFit(length, '', [parseBlock(RESERVED)]))
        .find((found) => found !== null);
      expect(range.largestFree).toBe(largest === undefined ? null : formatBlock(largest));
    }
  }
}

function isVpcSize(cidr: string): boolean {
  return parseBlock(cidr).prefixLength <= 28;
}

describe('the pool beside a naive one that knows every /28', () => {
  it('gives the same blocks, holds the same, loses none, through releases, quarantine, adoptions and restarts', () => {
    let operations = 0;
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: OPERATIONS_A_RUN, maxLength: OPERATIONS_A_RUN }),
        (steps) => {
          const pair = new Pair();
          for (const [index, step] of steps.entries()) {
            pair.play(step);
            operations += 1;
            if (index % 100 === 0) pair.compare();
          }
          pair.compare();
        },
      ),
      { numRuns: RUNS, interruptAfterTimeLimit: 300_000, markInterruptAsFailure: true },
    );
    expect(operations).toBeGreaterThanOrEqual(LEAST_OPERATIONS);
  });

  it('gives the same answers to the same calls', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 100, maxLength: 100 }), (steps) => {
        const [one, other] = [new Pair(), new Pair()];
        for (const step of steps) one.play(step);
        for (const step of steps) other.play(step);
        expect(other.pool.snapshot()).toEqual(one.pool.snapshot());
      }),
      { numRuns: 20 },
    );
  });
});
