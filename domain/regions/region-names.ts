import { quoted, shown } from '../quoting.js';
import { REGIONS } from './round-trip-times.js';

/** Commercial AWS regions that the table of round trips has not: they work once the operator has given theirs. */
export const NEWER_REGIONS: readonly string[] = ['ap-east-2', 'ap-southeast-6'];

const KNOWN = [...REGIONS, ...NEWER_REGIONS].sort();

/** As AWS names its regions, those to come as well. */
export const REGION_NAME = /^[a-z]{2,4}(?:-[a-z]{2,16}){1,3}-[1-9][0-9]?$/;

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
function nearestSpelling(text: string): string | null {
  if (text.length > LONGEST_COMPARED) return null;
  let nearest: { region: string | null; distance: number } = {
    region: null,
    distance: FARTHEST_SUGGESTED + 1,
  };
  for (const region of KNOWN) {
    const distance = editDistance(text.toLowerCase(), region);
    if (distance < nearest.distance) nearest = { region, distance };
  }
  return nearest.region;
}

/** That no such region is known, and how it may have been meant. */
function unknownText(text: string): string {
  const nearest = nearestSpelling(text);
  const hint = nearest === null ? 'write a name such as eu-west-1' : `the nearest spelling is ${nearest}`;
  return `${quoted(text)} is not one of the ${KNOWN.length} known AWS regions; ${hint}`;
}

/** Why this can be no commercial region's name, known or not, or null. Regions of other partitions are refused by name. */
export function regionNameProblem(text: string): string | null {
  const beginning = text.slice(0, LONGEST_COMPARED).toLowerCase();
  const other = OTHER_PARTITIONS.find(({ begins }) => beginning.startsWith(begins));
  if (other !== undefined) {
    return `${shown(text)} is in the partition ${other.partition}, which cannot peer with commercial regions`;
  }
  return text.length <= LONGEST_COMPARED && REGION_NAME.test(text) ? null : unknownText(text);
}

/** What is said of a region whose round trips nobody knows. */
export function withoutRoundTripsText(text: string): string {
  return NEWER_REGIONS.includes(text)
    ? `${text} is newer than the table of round trips; provider.roundTripMs in the provider's configuration has to give those to its regions`
    : unknownText(text);
}
