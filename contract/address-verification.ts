import type { Discrepancy } from '../domain/addresses/compare-with-aws.js';

/** A discrepancy, and whether a workflow of its connection is open: then that one may be the owner. */
export type FoundDiscrepancy = Discrepancy & { owned: boolean };

/** What `verifyAddresses` is asked. */
export interface VerifyOrder {
  /** False, the default, only reports. */
  repair: boolean;
}

/** One comparison of all pools with all regions of the worker's configuration. */
export interface AddressComparison {
  pools: number;
  /** Those of one connection in several pools are one. */
  blocks: number;
  vpcs: number;
  discrepancies: FoundDiscrepancy[];
  /** How many more there are than are listed. */
  more: number;
}

/** Result of `verifyAddresses`. */
export interface AddressReport extends AddressComparison {
  /** ISO 8601, UTC. */
  at: string;
  repairing: boolean;
  /** What was mended, a line each; it is not among the discrepancies any more. */
  repaired: string[];
  /** What was not, and why. */
  held: string[];
}
