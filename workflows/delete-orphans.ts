import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { OrphanActivities } from '../activities/orphans.js';
import type { ReleaseActivities } from '../activities/release.js';
import { connectionOfWorkflowId, provisionWorkflowId } from '../contract/names.js';
import { ORPHAN_AGE_MS, type Orphan, type SweepReport } from '../contract/sweep.js';
import { blockReleaseOf, poolScopeOf } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import { MENDING, SWEEPING } from './activity-options.js';
import { causeOf } from './failure.js';

const { releaseNetwork } = proxyActivities<ReleaseActivities>({
  ...SWEEPING,
  summary: 'remove all that carries the tags of a run nobody owns',
});
const { findResources } = proxyActivities<OrphanActivities>({ ...SWEEPING, summary: 'what is left of it' });
const { isOwned } = proxyActivities<OrphanActivities>({ ...MENDING, summary: 'who owns it now' });
const { releaseBlockOfNobody } = proxyActivities<OrphanActivities>({
  ...MENDING,
  summary: 'give back a block that nobody owns',
});

interface Sweeping {
  settings: RunSettings;
  /** Regions that could not be looked at. */
  unseen: readonly string[];
}

/** Deletes what may be deleted, one after the other, and writes into the report what was done and what was not. */
export async function deleteOrphans(report: SweepReport, sweeping: Sweeping): Promise<void> {
  const { paused, changesPerHour } = sweeping.settings.maintenance;
  if (paused) {
    report.held.push('nothing is deleted: maintenance.paused is set');
    return;
  }
  await giveBackPending(report, sweeping);
  const tooMany: Orphan[] = [];
  for (const orphan of report.orphans.filter((each) => isDue(each, { report, sweeping }))) {
    const size = orphan.resourceIds.length;
    if (isMalformed(orphan)) {
      report.held.push(`${idsOf(orphan)}: their tags name no connection and run; delete them by hand`);
    } else if (deletedInTheHour(report) + size > changesPerHour || workflowInfo().continueAsNewSuggested) {
      tooMany.push(orphan);
    } else {
      await deleteUnlessOwned(orphan, { report, sweeping });
    }
  }
  if (tooMany.length > 0) report.held.push(tooManyText(tooMany, { report, changesPerHour }));
}

/** Known from an earlier sweep, an hour ago or longer, and seen again by this one. */
function isDue(
  { region, since }: Orphan,
  { report, sweeping }: { report: SweepReport; sweeping: Sweeping },
): boolean {
  return Date.parse(report.at) - Date.parse(since) >= ORPHAN_AGE_MS && !sweeping.unseen.includes(region);
}

/** Without both tags nothing can be said about an owner, nor be found again by them. */
function isMalformed({ connection, run }: Orphan): boolean {
  return run === '' || connectionOfWorkflowId(provisionWorkflowId(connection)) === null;
}

/** Asked again right before the deletion; where nobody answers, it stays. */
async function deleteUnlessOwned(
  orphan: Orphan,
  context: { report: SweepReport; sweeping: Sweeping },
): Promise<void> {
  const { connection, run } = orphan;
  const owned = await attempt(() => isOwned({ connection, run }));
  if (!owned.ok) context.report.held.push(`${idsOf(orphan)}: could not ask who owns them: ${owned.why}`);
  else if (owned.result) forget(orphan, context.report);
  // Never cut between network and block: without its network nobody finds the block any more.
  else await CancellationScope.nonCancellable(() => deleteOrphan(orphan, context));
}

/** Network first, then the block: a block is not given to others while a VPC has it. */
async function deleteOrphan(
  orphan: Orphan,
  { report, sweeping }: { report: SweepReport; sweeping: Sweeping },
): Promise<void> {
  const { region, connection, run } = orphan;
  const { deployment } = sweeping.settings.provider;
  const released = await attempt(() =>
    releaseNetwork({
      region,
      owner: { deployment, connection, run, customerName: '' },
      inDoubt: false,
      remembered: null,
    }),
  );
  // Also after a failure: part of it may be gone, and part of it may not be the release's to find.
  const look = await attempt(() => findResources({ region, deployment, connection, run }));
  const left = look.ok ? look.result.flatMap(({ resourceIds }) => resourceIds) : orphan.resourceIds;
  const gone = orphan.resourceIds.filter((id) => !left.includes(id));
  const deleted = [...new Set([...(released.ok ? released.result.deleted : []), ...gone])];
  report.deleted.push(...deleted);
  if (deleted.length > 0) report.deletions.push({ at: new Date().toISOString(), count: deleted.length });

  if (released.ok && look.ok && left.length === 0) {
    forget(orphan, report);
    await giveBackBlock(connection, { report, sweeping });
    return;
  }
  orphan.resourceIds = left;
  const why = !released.ok ? released.why : !look.ok ? look.why : 'AWS still shows them';
  report.held.push(`${idsOf(orphan)}: ${why}`);
}

/** Whatever cannot be given back now is in the report again. */
async function giveBackPending(report: SweepReport, sweeping: Sweeping): Promise<void> {
  const pending = report.blocks;
  report.blocks = [];
  for (const connection of pending) await giveBackBlock(connection, { report, sweeping });
}

/** Only once nothing of the connection is left anywhere that could be using it; what fails is left to the next sweep. */
async function giveBackBlock(
  connection: string,
  { report, sweeping: { settings, unseen } }: { report: SweepReport; sweeping: Sweeping },
): Promise<void> {
  const key = connectionOfWorkflowId(provisionWorkflowId(connection));
  if (key === null || report.orphans.some((other) => other.connection === connection)) return;
  if (unseen.length > 0) {
    report.blocks.push(connection);
    report.held.push(`the block of ${connection}: ${unseen.join(', ')} could not be looked at`);
    return;
  }
  const poolScope = poolScopeOf(settings, key);
  const given = await attempt(() =>
    releaseBlockOfNobody(blockReleaseOf(settings, { poolScope, connection, wasActive: true })),
  );
  if (given.ok) return;
  report.blocks.push(connection);
  report.held.push(`the block of ${connection}: ${given.why}`);
}

type Outcome<T> = { ok: true; result: T } | { ok: false; why: string };

async function attempt<T>(step: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, result: await step() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = causeOf(error);
    return { ok: false, why: `${code}: ${message}` };
  }
}

function deletedInTheHour({ deletions }: SweepReport): number {
  return deletions.reduce((sum, { count }) => sum + count, 0);
}

function forget(orphan: Orphan, report: SweepReport): void {
  report.orphans = report.orphans.filter((other) => other !== orphan);
}

function tooManyText(
  waiting: readonly Orphan[],
  { report, changesPerHour }: { report: SweepReport; changesPerHour: number },
): string {
  const resources = waiting.reduce((sum, { resourceIds }) => sum + resourceIds.length, 0);
  const done = deletedInTheHour(report);
  return `${resources} resources wait for a later sweep: ${done} were deleted within the hour, and maintenance.changesPerHour is ${changesPerHour}`;
}

function idsOf({ region, resourceIds }: Orphan): string {
  return `${resourceIds.join(', ')} in ${region}`;
}
