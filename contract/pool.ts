import type { AddressPolicy, BlockChoice, NamedBlock } from '../domain/addresses/choose-block.js';

/** Ask the pool for a block. The same holder asking again gets the block it holds. */
export interface AllocateBlock {
  /** The connection, `<organizationId>/<vpcId>`. */
  holder: string;
  policy: AddressPolicy;
  /** The customer's ranges; the block overlaps none of them. */
  avoid: NamedBlock[];
  requested: string | null;
}

/** The choice, and whether the holder had the block before. */
export interface BlockAnswer extends BlockChoice {
  heldBefore: boolean;
}

export interface ReleaseBlock {
  holder: string;
  /** A block that carried traffic rests before another connection gets it; one that never did need not. */
  wasActive: boolean;
}

export interface HeldBlock {
  cidr: string;
  holder: string;
  /** ISO 8601, UTC. */
  since: string;
}

export interface RestingBlock {
  cidr: string;
  lastHolder: string;
  /** ISO 8601, UTC: given to others only from then on. */
  until: string;
}

export interface PoolReport {
  held: HeldBlock[];
  resting: RestingBlock[];
}

/** What the pool carries over continue-as-new: the whole truth about who holds what. */
export type PoolState = PoolReport;
