import type { AddressPolicy, NamedBlock } from './choose-block.js';
import type {
  AdoptOutcome,
  BlockExplanation,
  BlockGrant,
  BlockInquiry,
  BlockOrder,
  PoolContents,
  RangeUtilisation,
  ReserveOutcome,
} from './block-order.js';
import type { PoolSnapshot } from './pool-snapshot.js';

const SOON = 'not built yet';

/* eslint-disable @typescript-eslint/no-unused-vars -- signatures, to be filled */
/** Who holds which block. Pure: times are handed in, in ms since the epoch. */
export class AddressPool {
  /** @param snapshot of an earlier pool; null is an empty one. Throws on an unknown version. */
  static restore(snapshot: PoolSnapshot | null): AddressPool {
    throw new Error(SOON);
  }

  snapshot(): PoolSnapshot {
    throw new Error(SOON);
  }

  allocate(order: BlockOrder, now: number): BlockGrant {
    throw new Error(SOON);
  }

  /** Releasing what is not held is success. A block that carried traffic rests for `quarantineMs`, a day unless given. */
  release(order: { holder: string; wasActive: boolean; quarantineMs?: number }, now: number): void {
    throw new Error(SOON);
  }

  /** For a VPC that exists already. */
  adopt(order: { holder: string; cidr: string }, now: number): AdoptOutcome {
    throw new Error(SOON);
  }

  reserve(order: { cidr: string; why: string }, now: number): ReserveOutcome {
    throw new Error(SOON);
  }

  unreserve(cidr: string): boolean {
    throw new Error(SOON);
  }

  report(now: number): PoolContents {
    throw new Error(SOON);
  }

  utilisation(policy: AddressPolicy, now: number): RangeUtilisation[] {
    throw new Error(SOON);
  }

  explain(inquiry: BlockInquiry, now: number): BlockExplanation {
    throw new Error(SOON);
  }
}

/**
 * The grant in sentences, those of `explain`.
 *
 * @param avoid the order's ranges with their reasons, where they are known
 */
export function reasonsOf(grant: BlockGrant, policy: AddressPolicy, avoid?: readonly NamedBlock[]): string[] {
  throw new Error(SOON);
}
