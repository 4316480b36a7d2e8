import type { AddressPolicy, BlockChoice, NamedBlock } from './choose-block.js';
import type { Rejection } from './rejections.js';

/** How long a block that carried traffic rests unless told otherwise: no stale route of the last holder meets the next. */
export { DAY_MS as DEFAULT_QUARANTINE_MS } from '../durations.js';

/** What one holder wants of the pool. */
export interface BlockOrder {
  /** Who is to have the block: a connection, `<organizationId>/<vpcId>`. One holder has one block. */
  readonly holder: string;
  readonly policy: AddressPolicy;
  /** CIDRs the block may not overlap, such as the customer's. */
  readonly avoid: readonly string[];
  /** Exactly this block or none; null leaves the choice to the policy. */
  readonly requested: string | null;
  /**
   * Whether the block held so far carried traffic: where this order gives another one, the old one then rests as after
   * a release. False unless given.
   */
  readonly wasActive?: boolean;
  /** How long the old block rests then, in ms. */
  readonly quarantineMs?: number;
}

/** As `BlockOrder`, with the reason of each range to avoid, which `explain` repeats. */
export interface BlockInquiry extends Pick<BlockOrder, 'holder' | 'policy' | 'requested'> {
  readonly avoid: readonly NamedBlock[];
}

/** What stood in the way of a block. */
export type Hindrance = 'avoided' | 'held' | 'resting' | 'reserved' | 'configured' | 'unusable';

/**
 * A block given, or not, as short as a history wants it; `reasonsOf` makes sentences of it.
 *
 * - `held`: the holder had it before; nothing changed
 * - `preferred`, `requested`, `first-free`: given now
 * - `none-free`, `requested-taken`, `unreadable`: none given; what the holder held before, it still holds
 */
export interface BlockGrant {
  readonly cidr: string | null;
  readonly because:
    'held' | 'preferred' | 'requested' | 'first-free' | 'none-free' | 'requested-taken' | 'unreadable';
  /** With `first-free`: which of the policy's ranges it is of, by index. */
  readonly range?: number;
  /** With `first-free` and `none-free`: why it is not the preferred block; the CIDR is left out where it is the preferred one. */
  readonly passedOver?: Hindrance | `${Hindrance} ${string}`;
  /** Only where no block is given: what was tried, at most a line for each range. */
  readonly rejected?: readonly Rejection[];
}

/** As a grant for the same question would choose, with everything an operator may ask about it. */
export interface BlockExplanation extends BlockChoice {
  readonly heldBefore: boolean;
  /** Up to three blocks that would come next, the first of other ranges among them. */
  readonly runnersUp: readonly string[];
}

export type AdoptOutcome =
  | { readonly ok: true; readonly cidr: string; readonly heldBefore: boolean }
  | { readonly ok: false; readonly problem: string };

export type ReserveOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** Everything that is not simply free. Times are ISO 8601, UTC. */
export interface PoolContents {
  readonly held: { cidr: string; holder: string; since: string }[];
  readonly resting: { cidr: string; lastHolder: string; until: string }[];
  readonly reserved: { cidr: string; why: string; since: string }[];
}

/** One range of the policy, in addresses. An address held in reserved space counts as held, one resting there as resting. */
export interface RangeUtilisation {
  readonly cidr: string;
  readonly addresses: number;
  readonly free: number;
  readonly held: number;
  readonly resting: number;
  /** By the operator, by the configuration, or never given out. */
  readonly reserved: number;
  /** The largest block, aligned, /16 to /28, that could be given. */
  readonly largestFree: string | null;
}
