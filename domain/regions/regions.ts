import { shown } from '../quoting.js';
import type { MeasuredRoundTrips } from './measured-round-trips.js';
import { rankRegions, type RankedBy, type RankedRegion } from './ranking.js';
import { regionNameProblem, withoutRoundTripsText } from './region-names.js';
import { isRegion } from './round-trip-times.js';

export { isRegion, REGIONS, type Region } from './round-trip-times.js';

/** A choice of region that cannot be made from what was given. */
export class RegionError extends Error {
  override readonly name = 'RegionError';
}

/** Why a customer's VPC cannot be in this region, or null. `measured` adds the regions that it names to those of the table. */
export function regionProblem(text: string, measured: MeasuredRoundTrips = {}): string | null {
  const problem = regionNameProblem(text);
  if (problem !== null) return problem;
  const isMeasured = Object.entries(measured).some(
    ([from, times]) => from === text || Object.hasOwn(times, text),
  );
  return isRegion(text) || isMeasured ? null : withoutRoundTripsText(text);
}

/** Where the provider's VPC goes, why, and what the alternatives were, nearest first. */
export interface RegionChoice extends RankedRegion {
  readonly reason: string;
  readonly ranking: RankedRegion[];
}

/** Throws `RegionError` with what is wrong with it. */
function requireRegion(region: string, measured: MeasuredRoundTrips | undefined): void {
  const problem = regionProblem(region, measured);
  if (problem !== null) throw new RegionError(problem);
}

function timeText({ roundTripMs, measured }: RankedRegion): string {
  return measured === true ? `${roundTripMs} ms by own measurement` : `${roundTripMs} ms`;
}

function reasonFor(chosen: RankedRegion, next: RankedRegion | undefined, customerRegion: string): string {
  const lead =
    chosen.region === customerRegion
      ? `${chosen.region} is the customer's own region, ${timeText(chosen)} round trip`
      : `${chosen.region} has the shortest round trip to ${customerRegion}, ${timeText(chosen)}`;
  return next === undefined
    ? `${lead}; it is the only region configured`
    : `${lead}; next is ${next.region} with ${timeText(next)}`;
}

/** Says where measurements, not the table, made the choice; nothing where the table would have made the same. */
function decidedByMeasurement(chosen: RankedRegion, ranked: RankedBy): string {
  const { from, candidates } = ranked;
  const [byTable] = rankRegions({ from, candidates });
  return byTable === undefined || byTable.region === chosen.region
    ? ''
    : `; by the table of round trips it would be ${byTable.region} with ${timeText(byTable)}`;
}

/** Where no candidate can be told near or far. */
export function noRoundTripText(customerRegion: string, candidates: readonly string[]): string {
  return `no round trip is known between ${customerRegion} and ${candidates.join(', ') || 'any region of the provider'}; provider.roundTripMs in the provider's configuration gives it`;
}

/**
 * The provider's region with the shortest round trip to the customer's: always the customer's own if it is a
 * candidate, for none is nearer to itself. The order of `candidates` decides a tie. `requested`, an operator's
 * wish, is taken as it is if it is a candidate. `measured` goes before the table; a candidate without a known round trip is none.
 * Throws `RegionError` for a region that is not known, no candidates, or a wish outside them.
 */
export function chooseProviderRegion(input: {
  customerRegion: string;
  candidates: readonly string[];
  requested?: string | null;
  measured?: MeasuredRoundTrips | undefined;
}): RegionChoice {
  const { customerRegion: customer, candidates, measured } = input;
  for (const region of [customer, ...candidates]) requireRegion(region, measured);
  const ranked = { from: customer, candidates, measured };
  const ranking = rankRegions(ranked);
  const [nearest, next] = ranking;
  if (nearest === undefined) throw new RegionError(noRoundTripText(customer, candidates));
  const requested = input.requested ?? null;
  if (requested === null) {
    const reason = reasonFor(nearest, next, customer) + decidedByMeasurement(nearest, ranked);
    return { ...nearest, reason, ranking };
  }
  const wish = ranking.find(({ region }) => region === requested);
  if (wish === undefined) {
    throw new RegionError(
      candidates.includes(requested)
        ? noRoundTripText(customer, [requested])
        : `${shown(requested)} is not a configured provider region; there are ${candidates.join(', ')}`,
    );
  }
  const comparison =
    wish.region === nearest.region
      ? 'no configured region is nearer'
      : `the nearest would be ${nearest.region} with ${timeText(nearest)}`;
  const reason = `${wish.region} was asked for, ${timeText(wish)} from ${customer}; ${comparison}`;
  return { ...wish, reason, ranking };
}
