import type { MeasuredRoundTrips } from './measured-round-trips.js';
import { isRegion, roundTripMs } from './round-trip-times.js';

/** A region and its median round trip to the customer's, in milliseconds. */
export interface RankedRegion {
  readonly region: string;
  readonly roundTripMs: number;
  /** The time is the operator's own figure; absent where it is the table's. */
  readonly measured?: true;
}

/** From where to where, and the operator's own figures, if there are any. */
export interface RankedBy {
  readonly from: string;
  readonly candidates: readonly string[];
  readonly measured?: MeasuredRoundTrips | undefined;
}

/** The figure of this direction, else of the other one: both are given only where they differ. */
function rankedOne(from: string, to: string, measured: MeasuredRoundTrips): RankedRegion[] {
  const own = measured[from]?.[to] ?? measured[to]?.[from];
  if (own !== undefined) return [{ region: to, roundTripMs: own, measured: true }];
  return isRegion(from) && isRegion(to) ? [{ region: to, roundTripMs: roundTripMs(from, to) }] : [];
}

/**
 * Candidates whose round trip is known, by it, the shortest first; each once, and on a tie in the order given. The region itself comes
 * before all others: figures of two sources, measured in two ways, could have another one nearer to it than itself.
 */
export function rankRegions({ from, candidates, measured = {} }: RankedBy): RankedRegion[] {
  const elsewhere = ({ region }: RankedRegion): number => (region === from ? 0 : 1);
  // Array.prototype.sort is stable, which keeps the order of candidates on a tie.
  return [...new Set(candidates)]
    .flatMap((region) => rankedOne(from, region, measured))
    .sort((a, b) => elsewhere(a) - elsewhere(b) || a.roundTripMs - b.roundTripMs);
}
