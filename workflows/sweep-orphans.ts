import { isCancellation, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { OrphanActivities } from '../activities/orphans.js';
import type { ResourceGroup } from '../activities/tagged-resources.js';
import {
  ORPHAN_AGE_MS,
  sweepReportIn,
  type Orphan,
  type SweepOrder,
  type SweepReport,
} from '../contract/sweep.js';
import { REGULAR_LOOK } from './activity-options.js';
import { local } from './activity-proxies.js';
import { deleteOrphans } from './delete-orphans.js';
import { causeOf } from './failure.js';

/** A region that gives no answer is said to be so; the next sweep sees all that this one missed. */
const { findOrphans } = proxyActivities<OrphanActivities>({
  ...REGULAR_LOOK,
  summary: 'what of the region nobody owns',
});

/**
 * Looks in every configured region for what carries the deployment's tags and has no owner, and, when ordered to, deletes
 * what has been without one for an hour. Everything is looked at again by the next sweep: what went wrong is said in the
 * report, and is no failure.
 */
export async function sweepOrphans(order: Partial<SweepOrder> = {}): Promise<SweepReport> {
  const at = new Date();
  // A Schedule hands on the last result; a sweep by hand is told it.
  const previous = sweepReportIn(workflowInfo().lastResult) ?? sweepReportIn(order.previous);
  const settings = await local.loadSettings();
  const { regions, deployment } = settings.provider;
  const looks = await Promise.all(regions.map((region) => lookAt(region, deployment)));

  const earlier = previous?.orphans ?? [];
  const orphans = looks.flatMap(({ region, found }) =>
    found === null
      ? earlier.filter((orphan) => orphan.region === region)
      : found.map((group) => orphanOf(region, group, { earlier, at })),
  );
  const report: SweepReport = {
    at: at.toISOString(),
    deleting: order.delete === true,
    examined: looks.reduce((sum, { examined }) => sum + examined, 0),
    orphans,
    deleted: [],
    deletions: (previous?.deletions ?? []).filter(
      (each) => Date.parse(each.at) > at.getTime() - ORPHAN_AGE_MS,
    ),
    blocks: blocksToGiveBack(previous, orphans),
    held: looks.flatMap(({ region, why }) =>
      why === null ? [] : [`${region} could not be looked at: ${why}`],
    ),
  };
  if (report.deleting) {
    const unseen = looks.flatMap(({ region, found }) => (found === null ? [region] : []));
    await deleteOrphans(report, { settings, unseen });
  }
  tell(report);
  return report;
}

/** The last sweep, or someone else, deleted the network, and may not have come as far as the block. */
function blocksToGiveBack(previous: SweepReport | null, orphans: readonly Orphan[]): string[] {
  if (previous === null) return [];
  const known = [...previous.blocks, ...previous.orphans.map(({ connection }) => connection)];
  return [...new Set(known)].filter((name) => !orphans.some(({ connection }) => connection === name));
}

interface Look {
  region: string;
  examined: number;
  /** Null when the region could not be looked at. */
  found: ResourceGroup[] | null;
  why: string | null;
}

async function lookAt(region: string, deployment: string): Promise<Look> {
  try {
    const { examined, orphans } = await findOrphans({ region, deployment });
    return { region, examined, found: orphans, why: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = causeOf(error);
    return { region, examined: 0, found: null, why: `${code}: ${message}` };
  }
}

/** AWS does not tell how old most things are: an orphan's age is what sweeps have seen of it. */
function orphanOf(
  region: string,
  group: ResourceGroup,
  { earlier, at }: { earlier: readonly Orphan[]; at: Date },
): Orphan {
  const before = earlier.find(
    (orphan) =>
      orphan.region === region && orphan.connection === group.connection && orphan.run === group.run,
  );
  const isKnown = before !== undefined && group.resourceIds.every((id) => before.resourceIds.includes(id));
  return { region, ...group, since: isKnown ? before.since : at.toISOString() };
}

/** Someone has to hear of it, also where nobody asks for the report. */
function tell({ orphans, deleted, held, deleting }: SweepReport): void {
  if (orphans.length + deleted.length + held.length === 0) return;
  log.info('swept resources without an owner', { deleting, orphans: orphans.length, deleted, held });
}
