import { AvoidedRanges } from './avoided-ranges.js';
import { BlockLedger } from './block-ledger.js';
import { cidrOf, ipv4Of, type PoolBlock } from './pool-block.js';
import { explainChoice, type AddressPolicy } from './choose-block.js';
import type { Obstacle } from './obstacles.js';
import {
  DEFAULT_QUARANTINE_MS,
  type AdoptOutcome,
  type BlockExplanation,
  type BlockGrant,
  type BlockInquiry,
  type BlockOrder,
  type PoolContents,
  type RangeUtilisation,
  type ReserveOutcome,
} from './block-order.js';
import { blocksOverlap, blocksWithout, tryParseBlock, type Ipv4Block } from './blocks.js';
import { findBlock } from './find-block.js';
import { blocksOf, columnsOf, type PoolSnapshot } from './pool-snapshot.js';
import { preparePolicy, readBlocks, type PreparedPolicy } from './prepared-policy.js';
import { providerBlockProblem } from './provider-space.js';
import { utilisationOf } from './utilisation.js';

export { reasonsOf } from './block-reasons.js';

const NAMED_IN_A_REFUSAL = 3;

/**
 * Who holds which block, what rests and what the operator reserved. One holder has one block; no two blocks
 * overlap. Pure: times are handed in, in ms since the epoch, and never go back. The same calls have the same answers.
 */
export class AddressPool {
  readonly #ledger = new BlockLedger();
  readonly #reserved = new Map<string, { block: Ipv4Block; why: string; since: number }>();
  #reservedRanges = AvoidedRanges.none;
  /** Emptied when what is reserved changes. */
  #prepared = new WeakMap<AddressPolicy, PreparedPolicy & { readonly unavailable: AvoidedRanges }>();

  /** @param snapshot of an earlier pool; null is an empty one. Throws on an unknown version or a damaged one. */
  static restore(snapshot: PoolSnapshot | null): AddressPool {
    const pool = new AddressPool();
    if (snapshot === null) return pool;
    if ((snapshot.version as unknown) !== 1) {
      throw new RangeError(`a pool snapshot of version 1 was expected, not ${String(snapshot.version)}`);
    }
    for (const { cidr, why, since } of snapshot.reserved) pool.reserve({ cidr, why }, since);
    for (const block of blocksOf(snapshot.held, false)) pool.#ledger.add(block);
    for (const block of blocksOf(snapshot.resting, true)) pool.#ledger.add(block);
    return pool;
  }

  /** About 70 bytes for each block. */
  snapshot(): PoolSnapshot {
    return {
      version: 1,
      held: columnsOf(this.#ledger.held()),
      resting: columnsOf(this.#ledger.resting()),
      reserved: [...this.#reserved].map(([cidr, { why, since }]) => ({ cidr, why, since })),
    };
  }

  /**
   * The holder's block: the one it holds, the preferred one, or the first fit in the policy's ranges, in order; or
   * exactly the one requested. A block that rests is no obstacle for the one that held it last.
   *
   * Where the held block overlaps what is to be avoided now, or another one is requested, the answer is another
   * block. The old one then rests if `wasActive` is said, and is free otherwise: a block whose peering was never
   * active has left no routes behind. Where no other block can be given, nothing changes: the holder keeps the old one
   * until it releases it.
   *
   * Never throws on what cannot be read: a malformed range to avoid or to reserve might have ruled out any block, so
   * none is given, with the reason.
   */
  allocate(order: BlockOrder, now: number): BlockGrant {
    this.#ledger.expire(now);
    const prepared = this.#prepare(order.policy);
    const avoid = readBlocks(order.avoid, 'to be avoided');
    const problems = [...avoid.problems, ...prepared.problems];
    if (problems.length > 0) {
      const rejected = problems.map((reason) => ({ cidr: 'any', reason }));
      return { cidr: null, because: 'unreadable', rejected };
    }
    const held = this.#ledger.heldBy(order.holder);
    if (held !== undefined && suits(held, order.requested, avoid.blocks)) {
      return { cidr: cidrOf(held), because: 'held' };
    }
    const own = this.#ledger.restingOf(order.holder);
    if (held !== undefined) own.push(held);
    for (const block of own) this.#ledger.remove(block);

    const found = findBlock(this.#ledger, prepared, {
      requested: order.requested,
      avoid: avoid.blocks,
      unavailable: AvoidedRanges.of(avoid.blocks, prepared.unavailable),
      reserved: this.#reserved,
    });
    const { block } = found;
    if (block === null) {
      for (const kept of own) this.#ledger.add(kept);
      return found.grant;
    }
    const { first, prefixLength } = block;
    this.#ledger.add({ first, prefixLength, holder: order.holder, time: now, resting: false });
    for (const old of own) {
      const time = old.resting ? old.time : now + (order.quarantineMs ?? DEFAULT_QUARANTINE_MS);
      if (old.resting || (order.wasActive === true && time > now)) this.#restOutside({ ...old, time }, block);
    }
    return found.grant;
  }

  /** The CIDR of the holder's block, or null. */
  heldBy(holder: string): string | null {
    const held = this.#ledger.heldBy(holder);
    return held === undefined ? null : cidrOf(held);
  }

  /** Releasing what is not held is success. A block that carried traffic rests for `quarantineMs`, a day unless given. */
  release(
    order: { readonly holder: string; readonly wasActive: boolean; readonly quarantineMs?: number },
    now: number,
  ): void {
    this.#ledger.expire(now);
    const held = this.#ledger.heldBy(order.holder);
    if (held === undefined) return;
    this.#ledger.remove(held);
    const { quarantineMs = DEFAULT_QUARANTINE_MS } = order;
    if (order.wasActive && quarantineMs > 0) {
      this.#ledger.add({ ...held, time: now + quarantineMs, resting: true });
    }
  }

  /**
   * For a VPC that exists already: its block is in use, whatever is reserved or resting there; only what another
   * holder holds is refused, by name. What is left of a resting block goes on resting.
   */
  adopt({ holder, cidr }: { readonly holder: string; readonly cidr: string }, now: number): AdoptOutcome {
    this.#ledger.expire(now);
    const parsed = tryParseBlock(cidr);
    const problem = providerBlockProblem(cidr);
    if (!parsed.ok || problem !== null) return { ok: false, problem: problem ?? `${cidr} is no block` };
    const held = this.#ledger.heldBy(holder);
    if (held !== undefined) {
      return cidrOf(held) === cidr
        ? { ok: true, cidr, heldBefore: true }
        : { ok: false, problem: `${holder} holds ${cidrOf(held)} already` };
    }
    const inTheWay = [...this.#ledger.blocksIn(parsed.block)];
    const live = inTheWay.filter(({ resting }) => !resting);
    if (live.length > 0) return { ok: false, problem: `${cidr} ${overlapsText(live)}` };
    for (const block of inTheWay) this.#ledger.remove(block);
    const { first, prefixLength } = parsed.block;
    this.#ledger.add({ first, prefixLength, holder, time: now, resting: false });
    for (const block of inTheWay) this.#restOutside(block, parsed.block);
    return { ok: true, cidr, heldBefore: false };
  }

  /** Nothing is given out of a reserved block. Refused, by name, where somebody holds part of it. */
  reserve({ cidr, why }: { readonly cidr: string; readonly why: string }, now: number): ReserveOutcome {
    this.#ledger.expire(now);
    const parsed = tryParseBlock(cidr);
    if (!parsed.ok) return parsed;
    const live = [...this.#ledger.blocksIn(parsed.block)].filter(({ resting }) => !resting);
    if (live.length > 0) return { ok: false, problem: `${cidr} ${overlapsText(live)}` };
    const since = this.#reserved.get(cidr)?.since ?? now;
    this.#reserved.set(cidr, { block: parsed.block, why, since });
    this.#reservedChanged();
    return { ok: true };
  }

  /** @returns whether it was reserved, as exactly this block */
  unreserve(cidr: string): boolean {
    const wasReserved = this.#reserved.delete(cidr);
    this.#reservedChanged();
    return wasReserved;
  }

  report(now: number): PoolContents {
    return {
      held: this.#ledger.held().map((block) => ({
        cidr: cidrOf(block),
        holder: block.holder,
        since: new Date(block.time).toISOString(),
      })),
      resting: this.#restingAt(now).map((block) => ({
        cidr: cidrOf(block),
        lastHolder: block.holder,
        until: new Date(block.time).toISOString(),
      })),
      reserved: [...this.#reserved].map(([cidr, { why, since }]) => ({
        cidr,
        why,
        since: new Date(since).toISOString(),
      })),
    };
  }

  /** For each range of the policy that can be read. Changes nothing, as a query must not. */
  utilisation(policy: AddressPolicy, now: number): RangeUtilisation[] {
    if (this.#ledger.isExpiryDue(now)) return this.#copyAt(now).utilisation(policy, now);
    const prepared = this.#prepare(policy);
    return prepared.ranges.flatMap((range) =>
      range.ok ? [utilisationOf(range.block, this.#ledger, prepared.unavailable)] : [],
    );
  }

  holds(holder: string): boolean {
    return this.#ledger.heldBy(holder) !== undefined;
  }

  /** The blocks that the holder held last, `until` in ms since the epoch: the next one it is given may be of them. */
  restingOf(holder: string): { cidr: string; until: number }[] {
    return this.#ledger.restingOf(holder).map((block) => ({ cidr: cidrOf(block), until: block.time }));
  }

  /** Entries that the next snapshot will have. */
  size(now: number): number {
    this.#ledger.expire(now);
    return this.#ledger.size + this.#reserved.size;
  }

  /**
   * What `allocate` would choose, and everything that was passed over. Changes nothing, as a query must not.
   *
   * @param told `naming`: whether to say who holds a block and why one is reserved, which is not for other customers
   */
  explain(
    inquiry: BlockInquiry,
    now: number,
    told: { readonly naming: boolean } = { naming: true },
  ): BlockExplanation {
    const { policy, avoid, requested } = inquiry;
    const held = this.#ledger.heldBy(inquiry.holder);
    const read = readBlocks(
      avoid.map(({ cidr }) => cidr),
      '',
    );
    const isReadable = read.problems.length === 0 && this.#prepare(policy).problems.length === 0;
    if (held !== undefined && isReadable && suits(held, requested, read.blocks)) {
      const reasons = [`${cidrOf(held)} is held by this connection already`];
      return { cidr: cidrOf(held), reasons, rejected: [], heldBefore: true, runnersUp: [] };
    }
    const known = this.#takenFor(inquiry.holder, { now, naming: told.naming });
    const choice = explainChoice({ policy, avoid, taken: [], requested }, known);
    return { ...choice, heldBefore: false };
  }

  #prepare(policy: AddressPolicy): PreparedPolicy & { readonly unavailable: AvoidedRanges } {
    const known = this.#prepared.get(policy);
    if (known !== undefined) return known;
    const prepared = preparePolicy(policy);
    const unavailable = AvoidedRanges.of(prepared.reserved, this.#reservedRanges);
    const ready = { ...prepared, unavailable };
    this.#prepared.set(policy, ready);
    return ready;
  }

  #reservedChanged(): void {
    this.#reservedRanges = AvoidedRanges.of(Array.from(this.#reserved.values(), ({ block }) => block));
    this.#prepared = new WeakMap();
  }

  /** What of a block is outside the new one goes on resting, or rests from now on. */
  #restOutside(old: PoolBlock, given: Ipv4Block): void {
    for (const { first, prefixLength } of blocksWithout(ipv4Of(old), given)) {
      this.#ledger.add({ ...old, first, prefixLength, resting: true });
    }
  }

  #restingAt(now: number): PoolBlock[] {
    return this.#ledger.resting().filter(({ time }) => time > now);
  }

  /** What another holder may not have, with labels that are made only where they are shown. */
  #takenFor(holder: string, { now, naming }: { now: number; naming: boolean }): Obstacle[] {
    const blocks = [...this.#ledger.held(), ...this.#restingAt(now)];
    const taken = blocks
      .filter((block) => block.holder !== holder)
      .map((block): Obstacle => {
        const { first, last } = ipv4Of(block);
        return {
          first,
          last,
          get label() {
            return `overlaps ${cidrOf(block)} (${stateText(block, naming)})`;
          },
        };
      });
    for (const [cidr, { block, why }] of this.#reserved) {
      const label = `overlaps ${cidr} (reserved${naming ? `: ${why}` : ' by the operator'})`;
      taken.push({ first: block.first, last: block.last, label });
    }
    return taken;
  }

  #copyAt(now: number): AddressPool {
    const copy = AddressPool.restore(this.snapshot());
    copy.#ledger.expire(now);
    return copy;
  }
}

/** Whether the held block may stay: it is what is asked for, and overlaps nothing that is to be avoided now. */
function suits(held: PoolBlock, requested: string | null, avoid: readonly Ipv4Block[]): boolean {
  const block = ipv4Of(held);
  return (
    (requested === null || requested === cidrOf(held)) && !avoid.some((other) => blocksOverlap(other, block))
  );
}

function stateText({ resting, holder, time }: PoolBlock, naming: boolean): string {
  if (resting) return `resting until ${new Date(time).toISOString()}`;
  return `held by ${naming ? holder : 'another connection'}`;
}

function overlapsText(live: readonly PoolBlock[]): string {
  const named = live
    .slice(0, NAMED_IN_A_REFUSAL)
    .map((block) => `${cidrOf(block)} (held by ${block.holder})`);
  const more = live.length - named.length;
  return `overlaps ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
