import type { HistoryLine } from '../../../client/index.js';
import type { HistoryEntry } from '../../../contract/status.js';
import { printable, shown } from '../../../domain/quoting.js';
import { html, type Html } from '../html.js';
import { table, timeOf } from '../words.js';

interface HistoryView {
  status: { history: readonly HistoryEntry[] };
  /** Oldest first; null where it could not be read in time. */
  history: readonly HistoryLine[] | null;
  temporalUi: string | null;
  namespace: string;
}

/** Older lines are in the Temporal UI. */
const MOST_LINES = 200;

/** In words first, then step by step, then where all of it is. */
export function historySection(view: HistoryView): Html {
  const notes = view.status.history
    .toReversed()
    .map(({ at, state, note, count }) => [
      timeOf(at),
      state,
      `${printable(note)}${count === undefined ? '' : ` (${count} times)`}`,
    ]);
  return html`<section class="card" aria-labelledby="history">
    <h2 id="history">History</h2>
    ${table('History, newest first', [['When', 'State', 'What'], ...notes])} ${stepsOf(view)} ${runsOf(view)}
  </section>`;
}

function stepsOf({ history }: HistoryView): Html {
  if (history === null) return html`<p>The steps could not be read in time.</p>`;
  const lines = history
    .slice(-MOST_LINES)
    .toReversed()
    .map(({ at, what, by }) => [timeOf(at), printable(what), by === null ? '' : shown(by)]);
  return html`<details>
    <summary>Step by step, and by whom</summary>
    ${table('Steps, newest first', [['When', 'What', 'By'], ...lines])}
  </details>`;
}

function runsOf({ history, temporalUi, namespace }: HistoryView): Html | null {
  const runs = new Map((history ?? []).map(({ runId, workflowId }) => [runId, workflowId]));
  if (runs.size === 0) return null;
  const items = [...runs].map(([runId, workflowId]) => {
    const url = temporalUi === null ? null : runUrl({ temporalUi, namespace }, workflowId, runId);
    const name =
      url === null
        ? html`<code>${workflowId}</code>`
        : html`<a href="${url}" rel="noopener noreferrer">${workflowId}</a>`;
    return html`<li>${name} <span class="quiet">${runId}</span></li>`;
  });
  return html`<h3>${temporalUi === null ? 'Runs' : 'Runs in the Temporal UI'}</h3>
    <ul>
      ${items}
    </ul>`;
}

function runUrl(
  { temporalUi, namespace }: { temporalUi: string; namespace: string },
  workflowId: string,
  runId: string,
): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'];
  return `${temporalUi}/${path.map(encodeURIComponent).join('/')}`;
}
