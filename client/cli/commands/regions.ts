import { rankRegions } from '../../../domain/regions/ranking.js';
import type { MeasuredRoundTrips } from '../../../domain/regions/measured-round-trips.js';
import { REGIONS, regionProblem } from '../../../domain/regions/regions.js';
import { ROUND_TRIP_SOURCE } from '../../../domain/regions/round-trip-times.js';
import { settingsIn } from '../configuration.js';
import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { renderRegions, type RegionRanking } from '../render/regions.js';
import { present } from '../screen.js';

/** Where a round trip comes from besides the table. */
const OWN_FIGURES = 'provider.roundTripMs';

export interface RegionsOptions {
  from?: string;
  /** Every region of the table, not only those of the configuration. */
  all: boolean;
}

/** `causeway regions`: the round trips by which a plan chooses its region. Asks neither Temporal nor AWS. */
export async function regions(
  { from, all }: RegionsOptions,
  { environment, screen }: CliContext,
): Promise<void> {
  const { configPath } = environment;
  const { provider } = await settingsIn(configPath, 'default');
  const start = from === undefined ? null : askedRegion(from, provider.roundTripMs);
  const configured = [...new Set(provider.regions)];
  const every = [...REGIONS, ...namesIn(provider.roundTripMs), ...configured];
  const rankings = (start === null ? configured : [start]).map((each): RegionRanking => ({
    from: each,
    regions: rankRegions({
      from: each,
      candidates: all ? every : configured,
      measured: provider.roundTripMs,
    }).map(({ region, roundTripMs, measured }) => ({
      region,
      roundTripMs,
      source: measured === true ? 'own' : 'table',
      configured: provider.regions.includes(region),
    })),
  }));
  const sources = {
    table: ROUND_TRIP_SOURCE,
    own: provider.roundTripMs === undefined ? null : `${OWN_FIGURES} in ${configPath}`,
  };
  present(screen, { sources, rankings }, (look) => renderRegions(look, { sources, rankings, all }));
}

/** @throws CliError bad input, with the nearest spelling */
function askedRegion(text: string, measured: MeasuredRoundTrips | undefined): string {
  const problem = regionProblem(text, measured);
  if (problem === null) return text;
  throw badInput(`--from: ${problem}`);
}

function namesIn(measured: MeasuredRoundTrips = {}): string[] {
  return Object.entries(measured).flatMap(([from, times]) => [from, ...Object.keys(times)]);
}
