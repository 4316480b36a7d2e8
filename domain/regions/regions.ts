import { quoted, shown } from '../quoting.js';
import { REGIONS, roundTripMs, type Region } from './round-trip-times.js';

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

/** The region spelled most like this one, or null where none comes near. */
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
  const other = OTHER_PARTITIONS.find(({ begins }) => text.startsWith(begins));
  if (other !== undefined) {
    return `${shown(text)} is in the partition ${other.partition}, which cannot peer with commercial regions`;
  }
  const nearest = nearestSpelling(text);
  const hint = nearest === null ? 'write a name such as eu-west-1' : `the nearest spelling is ${nearest}`;
  return `${quoted(text)} is not one of the ${REGIONS.length} known AWS regions; ${hint}`;
}

/** A provider's region and its median round trip to the customer's, in milliseconds. */
interface RankedRegion {
  readonly region: string;
  readonly roundTripMs: number;
}

/** Where the provider's VPC goes, why, and what the alternatives were, nearest first. */
export interface RegionChoice extends RankedRegion {
  readonly reason: string;
  readonly ranking: RankedRegion[];
}

function known(region: string): Region {
  const problem = regionProblem(region);
  if (problem !== null || !isRegion(region)) throw new RegionError(problem ?? 'unknown region');
  return region;
}

function reasonFor(chosen: RankedRegion, next: RankedRegion | undefined, customerRegion: string): string {
  const lead =
    chosen.region === customerRegion
      ? `${chosen.region} is the customer's own region, ${chosen.roundTripMs} ms round trip`
      : `${chosen.region} has the shortest round trip to ${customerRegion}, ${chosen.roundTripMs} ms`;
  return next === undefined
    ? `${lead}; it is the only region configured`
    : `${lead}; next is ${next.region} with ${next.roundTripMs} ms`;
}

/**
 * The provider's region with the shortest round trip to the customer's: always the customer's own if it is a
 * candidate, for none is nearer to itself. The order of `candidates` decides a tie. `requested`, an operator's
 * wish, is taken as it is if it is a candidate. Throws `RegionError` for a region that is not known, no candidates, or
 * a wish outside them.
 */
export function chooseProviderRegion(input: {
  customerRegion: string;
  candidates: readonly string[];
  requested?: string | null;
}): RegionChoice {
  const customer = known(input.customerRegion);
  // Array.prototype.sort is stable, which keeps the order of candidates on a tie.
  const ranking = [...new Set(input.candidates)]
    .map((region) => ({ region, roundTripMs: roundTripMs(customer, known(region)) }))
    .sort((a, b) => a.roundTripMs - b.roundTripMs);
  const [nearest, next] = ranking;
  if (nearest === undefined) throw new RegionError('no provider region is configured');
  const requested = input.requested ?? null;
  if (requested === null) return { ...nearest, reason: reasonFor(nearest, next, customer), ranking };
  const wish = ranking.find(({ region }) => region === requested);
  if (wish === undefined) {
    const configured = ranking.map(({ region }) => region).join(', ');
    throw new RegionError(`${shown(requested)} is not a configured provider region; there are ${configured}`);
  }
  const comparison =
    wish.region === nearest.region
      ? 'no configured region is nearer'
      : `the nearest would be ${nearest.region} with ${nearest.roundTripMs} ms`;
  const reason = `${wish.region} was asked for, ${wish.roundTripMs} ms from ${customer}; ${comparison}`;
  return { ...wish, reason, ranking };
}
