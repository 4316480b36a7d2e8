import { packGrant } from '../contract/pool.js';
import type {
  AdoptBlock,
  AdoptOutcome,
  BatchAnswer,
  BatchedAllocation,
  BlockExplanation,
  BlockGrant,
  ExplainQuestion,
  PoolBatch,
  PoolReport,
  PoolState,
  ReleaseBlock,
  ReportQuestion,
  ReserveOutcome,
  ReserveRange,
} from '../contract/pool.js';
import { AddressPool } from '../domain/addresses/address-pool.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import { DEFAULT_QUARANTINE_MS } from '../domain/addresses/block-order.js';
import { UnfinishedRests } from '../domain/addresses/unfinished-rests.js';
import { PassedOn } from '../domain/addresses/passed-on.js';

/**
 * Blocks and reserved ranges of one pool: its state has to fit into one payload when it continues as new, and would
 * otherwise stop for good.
 */
export const MOST_BLOCKS = 16_384;

/** An `AddressPool` as its messages see it, and what a shard keeps beside it. */
export class PoolDesk {
  readonly #pool: AddressPool;
  readonly #passedOn: PassedOn;
  readonly #unfinished: UnfinishedRests;
  #policy: AddressPolicy | null;

  constructor(carried: PoolState | undefined) {
    this.#pool = AddressPool.restore(carried?.pool ?? null);
    this.#passedOn = new PassedOn(carried?.passedOn ?? '');
    this.#unfinished = new UnfinishedRests(carried?.unfinished ?? []);
    this.#policy = carried?.policy ?? null;
  }

  state(): PoolState {
    return {
      pool: this.#pool.snapshot(),
      passedOn: this.#passedOn.toString(),
      unfinished: this.#unfinished.entries(Date.now()),
      policy: this.#policy,
    };
  }

  answer({ policies, orders }: PoolBatch): BatchAnswer {
    return orders.map((order) => {
      if ('avoid' in order) {
        const policy = policies[order.policy ?? 0];
        return policy === undefined ? null : packGrant(this.#allocate(order, policy));
      }
      this.release(order);
      return null;
    });
  }

  #allocate(order: BatchedAllocation, policy: AddressPolicy): BlockGrant {
    this.#policy = policy;
    const now = Date.now();
    const { holder, avoid, requested = null, passOn = false } = order;
    if (passOn && this.#passedOn.has(holder)) return { cidr: null, because: 'none-free' };
    const { wasActive = false, quarantineMs = DEFAULT_QUARANTINE_MS } = order;
    const rest = this.#unfinished.extend({ holder, wasActive, quarantineMs }, now);
    const rested = this.#pool.restingOf(holder).filter(({ until }) => until > now);
    const grant = this.#isFull(holder)
      ? fullGrant()
      : this.#pool.allocate(
          {
            holder,
            policy,
            avoid,
            requested,
            wasActive: rest.wasActive,
            quarantineMs: rest.quarantineMs,
          },
          now,
        );
    if (grant.cidr !== null && grant.because !== 'held') this.#unfinished.given(holder, grant.cidr, rested);
    if (passOn && grant.cidr === null) {
      // It will have a block elsewhere; what it had here is given up with the same call, or it would have two.
      this.release(rest);
      this.#passedOn.add(holder);
    }
    return grant;
  }

  /** Releasing what is not held is success: it may have been released by a call whose reply was lost. */
  release(order: ReleaseBlock): void {
    const now = Date.now();
    this.#pool.release(this.#unfinished.extend(order, now), now);
    this.#unfinished.released(order.holder);
    this.#passedOn.delete(order.holder);
  }

  adopt(order: AdoptBlock): AdoptOutcome {
    if (this.#isFull(order.holder)) return { ok: false, problem: FULL };
    return this.#pool.adopt(order, Date.now());
  }

  reserve(order: ReserveRange): ReserveOutcome {
    if (this.#isFull(null)) return { ok: false, problem: FULL };
    return this.#pool.reserve(order, Date.now());
  }

  unreserve(cidr: string): boolean {
    return this.#pool.unreserve(cidr);
  }

  explain({ inquiry, now, naming }: ExplainQuestion): BlockExplanation {
    if (this.#passedOn.has(inquiry.holder)) {
      const reasons = ['nothing was free here when it was first asked, so the next range is asked instead'];
      return { cidr: null, reasons, rejected: [], heldBefore: false, runnersUp: [] };
    }
    return this.#pool.explain(inquiry, now, { naming });
  }

  /** @param most entries of a page */
  report({ policy, from = 0, now = Date.now() }: ReportQuestion, most: number): PoolReport {
    const reckonedBy = policy ?? this.#policy;
    const { held, resting, reserved } = this.#pool.report(now);
    const page = <T>(entries: readonly T[], before: number): T[] =>
      entries.slice(Math.max(0, from - before), Math.max(0, from - before + most));
    return {
      held: page(held, 0),
      resting: page(resting, held.length),
      reserved: page(reserved, held.length + resting.length),
      counts: { held: held.length, resting: resting.length, reserved: reserved.length },
      next: from + most < held.length + resting.length + reserved.length ? from + most : null,
      utilisation: reckonedBy === null ? [] : this.#pool.utilisation(reckonedBy, now),
    };
  }

  /** Who holds a block may ask for it, or for another one, also of a full pool. */
  #isFull(holder: string | null): boolean {
    return this.#pool.size(Date.now()) >= MOST_BLOCKS && (holder === null || !this.#pool.holds(holder));
  }
}

const FULL = `the pool has ${MOST_BLOCKS} blocks, the most that one may have; see addresses.sharding`;

function fullGrant(): BlockGrant {
  return { cidr: null, because: 'none-free', rejected: [{ cidr: 'any block', reason: FULL }] };
}
