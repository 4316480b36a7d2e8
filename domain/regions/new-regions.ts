import { fieldName, isRecord } from '../request/problems.js';
import { regionNameProblem, withoutRoundTripsText } from './region-names.js';
import { isRegion } from './round-trip-times.js';

/** A region of the configuration, and where in its section `provider` it stands first. */
interface Mention {
  readonly region: string;
  readonly path: (string | number)[];
}

function mentionsIn(regions: unknown, roundTripMs: unknown): Mention[] {
  const listed = Array.isArray(regions) ? regions.map((region: unknown, index) => ({ region, index })) : [];
  const measured = isRecord(roundTripMs) ? Object.entries(roundTripMs) : [];
  const mentions: Mention[] = [
    ...listed.flatMap(({ region, index }) =>
      typeof region === 'string' ? [{ region, path: ['regions', index] }] : [],
    ),
    ...measured.map(([region]) => ({ region, path: ['roundTripMs', fieldName(region)] })),
    ...measured.flatMap(([from, times]) =>
      Object.keys(isRecord(times) ? times : {}).map((region) => ({
        region,
        path: ['roundTripMs', from, fieldName(region)],
      })),
    ),
  ];
  return mentions.filter(({ region }) => regionNameProblem(region) === null);
}

function isGiven(roundTripMs: unknown, from: string, to: string): boolean {
  const times = isRecord(roundTripMs) ? roundTripMs[from] : undefined;
  return isRecord(times) && Object.hasOwn(times, to);
}

/**
 * Regions that the table has not, and for which no figure is given, one way at least, to one of the provider's: each once.
 * Among those that are given in full there can hardly be a misspelt one.
 *
 * @param provider that section of the configuration, as far as it is one
 */
export function newRegionProblems(provider: unknown): { path: (string | number)[]; problem: string }[] {
  const { regions, roundTripMs } = isRecord(provider) ? provider : {};
  const mentions = mentionsIn(regions, roundTripMs);
  const providers = mentions.filter(({ path }) => path[0] === 'regions').map(({ region }) => region);
  const isKnown = (region: string): boolean =>
    isRegion(region) ||
    (providers.length > 0 &&
      providers.every((to) => isGiven(roundTripMs, region, to) || isGiven(roundTripMs, to, region)));
  const told = new Set<string>();
  return mentions.flatMap(({ region, path }) => {
    if (isKnown(region) || told.has(region)) return [];
    told.add(region);
    const advice = 'one that is newer needs a round trip to each of provider.regions in provider.roundTripMs';
    return [{ path, problem: `${withoutRoundTripsText(region)}; ${advice}` }];
  });
}
