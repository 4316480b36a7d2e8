import type { Look } from './look.js';
import { plainText } from './plain-text.js';
import { table, titled, type Cell } from './table.js';

/** Regions by their round trip to one region, the nearest first. */
export interface RegionRanking {
  from: string;
  regions: {
    region: string;
    /** Median, in ms. */
    roundTripMs: number;
    source: 'table' | 'own';
    /** Whether the provider's VPCs may be there. */
    configured: boolean;
  }[];
}

interface Regions {
  /** In words; `own` is null where the operator has given no figures. */
  sources: { table: string; own: string | null };
  rankings: readonly RegionRanking[];
  /** Whether regions are among them that are not configured. */
  all: boolean;
}

/** A table for each region that was asked about, and below them where the figures are from. */
export function renderRegions(look: Look, { sources, rankings, all }: Regions): string {
  const own =
    sources.own === null
      ? 'own: none given; provider.roundTripMs in the configuration would go before the table'
      : `own: ${plainText(sources.own)}, which goes before the table`;
  return [
    ...rankings.map((ranking) => titled(look, `From ${ranking.from}`, rankingTable(look, ranking, all))),
    titled(look, 'Figures', `  table: median round trips, ${sources.table}\n  ${own}`),
  ].join('\n\n');
}

function rankingTable(look: Look, { regions }: RegionRanking, all: boolean): string {
  return table(look, {
    head: ['REGION', 'ROUND TRIP', 'FIGURE', ...(all ? ['CONFIGURED'] : [])],
    rows: regions.map(({ region, roundTripMs, source, configured }): Cell[] => [
      region,
      `${roundTripMs} ms`,
      source,
      ...(all ? [configured ? { text: 'yes', paint: look.colors.green } : ''] : []),
    ]),
  });
}
