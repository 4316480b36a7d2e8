import type {
  BlockGrant,
  BlockInquiry,
  PoolContents,
  RangeUtilisation,
} from '../domain/addresses/block-order.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import type { PoolSnapshot } from '../domain/addresses/pool-snapshot.js';

export type {
  AdoptOutcome,
  BlockExplanation,
  BlockGrant,
  BlockInquiry,
  RangeUtilisation,
  ReserveOutcome,
} from '../domain/addresses/block-order.js';

/** What a run asks for. The same holder asking again gets the block it holds. */
export interface AllocateBlock {
  /** The connection, `<organizationId>/<vpcId>`. */
  holder: string;
  policy: AddressPolicy;
  /** CIDRs of the customer's ranges; the block overlaps none of them. */
  avoid: string[];
  /** Exactly this block, or none. */
  requested: string | null;
}

/** The grant, and the shard it is of; null where the scope has one pool. */
export interface BlockAnswer extends BlockGrant {
  shard: string | null;
  /** Blocks avoided for other connections to the same network, where one of them stood in the way. */
  ofTheSameNetwork?: string[];
}

export interface ReleaseBlock {
  holder: string;
  /** A block that carried traffic rests before another connection gets it; one that never did need not. */
  wasActive: boolean;
  /** How long it rests, in ms. */
  quarantineMs: number;
}

/** Everything that waited in one worker process, in the order of coming; orders of runs that know nothing of each other. */
export interface PoolBatch {
  /** Each distinct policy once. */
  policies: AddressPolicy[];
  orders: BatchedOrder[];
}

export type BatchedOrder = BatchedAllocation | ReleaseBlock;

/** An `AllocateBlock`, as short as it can be told: it stays in the pool's history. */
export interface BatchedAllocation {
  holder: string;
  /** Index of its policy; 0 unless given. */
  policy?: number;
  avoid: string[];
  requested?: string;
  /** Where nothing is free the holder goes on to another shard, and this one gives it nothing until it is released here. */
  passOn?: boolean;
  /** Whether the block held so far carried traffic: where another is given, the old one then rests. False unless given. */
  wasActive?: boolean;
  quarantineMs?: number;
}

/** Of a batch's orders, in order: a `BlockGrant` as `packGrant` writes it, or null for a release. */
export type BatchAnswer = (PackedGrant | null)[];

export type PackedGrant = [
  cidr: BlockGrant['cidr'],
  because: BlockGrant['because'],
  range?: number | null,
  passedOver?: Exclude<BlockGrant['passedOver'], undefined> | null,
  rejected?: BlockGrant['rejected'],
];

/** Lines about what was tried that an answer keeps: a batch of refusals over many ranges would outgrow a payload. */
const MOST_REJECTED = 5;

/** A history holds thousands of grants: names of fields would be half of it. */
export function packGrant({ cidr, because, range, passedOver, rejected }: BlockGrant): PackedGrant {
  if (rejected !== undefined) {
    return [cidr, because, range ?? null, passedOver ?? null, rejected.slice(0, MOST_REJECTED)];
  }
  if (passedOver !== undefined) return [cidr, because, range ?? null, passedOver];
  return range === undefined ? [cidr, because] : [cidr, because, range];
}

export function unpackGrant([cidr, because, range, passedOver, rejected]: PackedGrant): BlockGrant {
  return {
    cidr,
    because,
    ...(typeof range === 'number' ? { range } : {}),
    ...(typeof passedOver === 'string' ? { passedOver } : {}),
    ...(rejected === undefined ? {} : { rejected }),
  };
}

/** For a VPC that was there before Causeway: its block is held from now on. */
export interface AdoptBlock {
  holder: string;
  cidr: string;
}

/** Nothing is given out of a reserved range from now on. */
export interface ReserveRange {
  cidr: string;
  /** For those who read the report. */
  why: string;
}

export interface UnreserveRange {
  cidr: string;
}

/** @param now ms since the epoch: a query must not read the pool's own clock, which stands still between its tasks */
export interface ExplainQuestion {
  inquiry: BlockInquiry;
  now: number;
  /** Whether the answer names the connections that hold blocks: for operators only, another customer may read it otherwise. */
  naming: boolean;
}

export interface ReportQuestion {
  /** What the utilisation is reckoned by; the policy of the last allocation unless given. */
  policy?: AddressPolicy;
  /** Entries to leave out, counted over `held`, `resting`, `reserved`; 0 unless given. */
  from?: number;
  /** ms since the epoch; the pool's clock unless given. */
  now?: number;
}

/** A page of what the pool holds: its first entries from `from` on. */
export interface PoolReport extends PoolContents {
  /** Of the whole pool. */
  counts: { held: number; resting: number; reserved: number };
  /** Where the next page begins; null on the last one. */
  next: number | null;
  /** Empty while no policy is known. */
  utilisation: RangeUtilisation[];
}

/** What the pool carries over continue-as-new: the whole truth about who holds what. */
export interface PoolState {
  pool: PoolSnapshot;
  /** `PassedOn` as text. */
  passedOn: string;
  /** `UnfinishedRests` as entries. */
  unfinished: [holder: string, until: number][];
  policy: AddressPolicy | null;
}
