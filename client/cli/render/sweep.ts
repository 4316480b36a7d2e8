import { ORPHAN_AGE_MS, type Orphan, type SweepReport } from '../../../contract/sweep.js';
import type { Look } from './look.js';
import { bulletList, table, titled } from './table.js';
import { momentText, pastText } from './times.js';

/** What a sweep found, did and left, and what comes next. */
export function renderSweep(look: Look, report: SweepReport): string {
  const { examined, orphans, deleted, held } = report;
  const count = orphans.reduce((sum, { resourceIds }) => sum + resourceIds.length, 0);
  const parts = [
    `${examined} resources examined, ${count} without an owner, ${deleted.length} deleted`,
    ...(orphans.length === 0 ? [] : [titled(look, 'Without an owner', orphanTable(look, orphans))]),
    ...(deleted.length === 0 ? [] : [bulletList(look, 'Deleted', deleted)]),
    ...(held.length === 0 ? [] : [bulletList(look, 'Held', held)]),
    ...(orphans.length === 0 ? [] : [nextStep(report)]),
  ];
  return parts.join('\n\n');
}

function orphanTable(look: Look, orphans: readonly Orphan[]): string {
  return table(look, {
    head: ['REGION', 'CONNECTION', 'RUN', 'OWNERLESS SINCE', 'RESOURCES'],
    rows: orphans.map(({ region, connection, run, resourceIds, since }) => [
      region,
      connection === '' ? '-' : connection,
      run === '' ? '-' : run,
      pastText(since, look.now),
      resourceIds.join(', '),
    ]),
  });
}

function nextStep({ at, deleting, orphans }: SweepReport): string {
  const dueFrom = orphans.map(({ since }) => Date.parse(since) + ORPHAN_AGE_MS);
  const ripe = dueFrom.filter((from) => from <= Date.parse(at)).length;
  const next = Math.min(...dueFrom.filter((from) => from > Date.parse(at)));
  const later = Number.isFinite(next)
    ? `What has been without an owner for less than an hour can be deleted from ${momentText(new Date(next).toISOString())} on.`
    : '';
  const now =
    deleting || ripe === 0
      ? ''
      : 'Nothing is deleted without --delete: `causeway sweep --delete` deletes what has been without an owner for an hour.';
  return [now, later].filter((text) => text !== '').join('\n');
}
