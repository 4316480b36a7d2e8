import { quoted, shown } from '../quoting.js';
import type { MeasuredRoundTrips } from './measured-round-trips.js';
import { rankRegions, type RankedBy, type RankedRegion } from './ranking.js';
import { REGIONS, type Region } from './round-trip-times.js';

export { REGIONS, type Region } from './round-trip-times.js';

/** AWS partitions that cannot peer with commercial regions, by the way their region names begin. */
const OTHER_PARTITIONS: readonly { readonly begins: string; readonly partition: string }[] = [
  { begins: 'us-gov-', partition: 'aws-us-gov' },
  { begins: 'cn-', partition: 'aws-cn' },
  { begins: 'us-iso-', partition: 'aws-iso' },
  { begins: 'us-isob-', partition: 'aws-iso-b' },
  { begins: 'eu-isoe-', partition: 'aws-iso-e' },
  { begins: 'us-isof-', partition: 'aws-iso-f' },
  { begins: 'eusc-', partition: 'aws-eusc' },
];

const LONGEST_COMPARED = 30;
const FARTHEST_SUGGESTED = 3;

/** A choice of region that cannot be made from what was given. */
export class RegionError extends Error {
  override readonly name = 'RegionError';
}

/** Whether this is a commercial region whose round trips are known. */
export function isRegion(text: string): text is Region {
  return REGIONS.some((region) => region === text);
}

/** Insertions, deletions and substitutions between two short texts (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, left] of Array.from(a).entries()) {
    const current = [row + 1];
    for (const [column, right] of Array.from(b).entries()) {
      const substituted = (previous[column] ?? 0) + (left === right ? 0 : 1);
      current.push(Math.min(substituted, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** The region spelled most like this one, the first by the alphabet of several; null where none comes near. */
function nearestSpelling(text: string): Region | null {
  if (text.length > LONGEST_COMPARED) return null;
  let nearest: { region: Region | null; distance: number } = {
    region: null,
    distance: FARTHEST_SUGGESTED + 1,
  };
  for (const region of REGIONS) {
    const distance = editDistance(text.toLowerCase(), region);
    if (distance < nearest.distance) nearest = { region, distance };
  }
  return nearest.region;
}

/** Why a customer's VPC cannot be in this region, or null. Regions of other partitions are refused by name. */
export function regionProblem(text: string): string | null {
  if (isRegion(text)) return null;
  const beginning = text.slice(0, LONGEST_COMPARED).toLowerCase();
  const other = OTHER_PARTITIONS.find(({ begins }) => beginning.startsWith(begins));
  if (other !== undefined) {
    return `${shown(text)} is in the partition ${other.partition}, which cannot peer with commercial regions`;
  }
  const nearest = nearestSpelling(text);
  const hint = nearest === null ? 'write a name such as eu-west-1' : `the nearest spelling is ${nearest}`;
  return `${quoted(text)} is not one of the ${REGIONS.length} known AWS regions; ${hint}`;
}

/** Where the provider's VPC goes, why, and what the alternatives were, nearest first. */
export interface RegionChoice extends RankedRegion {
  readonly reason: string;
  readonly ranking: RankedRegion[];
}

/** The region of this name. Throws `RegionError` with what is wrong with it. */
export function knownRegion(region: string): Region {
  const problem = regionProblem(region);
  if (problem !== null || !isRegion(region)) throw new RegionError(problem ?? 'unknown region');
  return region;
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

/**
 * The provider's region with the shortest round trip to the customer's: always the customer's own if it is a
 * candidate, for none is nearer to itself. The order of `candidates` decides a tie. `requested`, an operator's
 * wish, is taken as it is if it is a candidate. `measured` goes before the table. Throws `RegionError` for a region that
 * is not known, no candidates, or a wish outside them.
 */
export function chooseProviderRegion(input: {
  customerRegion: string;
  candidates: readonly string[];
  requested?: string | null;
  measured?: MeasuredRoundTrips | undefined;
}): RegionChoice {
  const customer = knownRegion(input.customerRegion);
  const ranked = { from: customer, candidates: input.candidates.map(knownRegion), measured: input.measured };
  const ranking = rankRegions(ranked);
  const [nearest, next] = ranking;
  if (nearest === undefined) throw new RegionError('no provider region is configured');
  const requested = input.requested ?? null;
  if (requested === null) {
    const reason = reasonFor(nearest, next, customer) + decidedByMeasurement(nearest, ranked);
    return { ...nearest, reason, ranking };
  }
  const wish = ranking.find(({ region }) => region === requested);
  if (wish === undefined) {
    const configured = ranking.map(({ region }) => region).join(', ');
    throw new RegionError(`${shown(requested)} is not a configured provider region; there are ${configured}`);
  }
  const comparison =
    wish.region === nearest.region
      ? 'no configured region is nearer'
      : `the nearest would be ${nearest.region} with ${timeText(nearest)}`;
  const reason = `${wish.region} was asked for, ${timeText(wish)} from ${customer}; ${comparison}`;
  return { ...wish, reason, ranking };
}
