import type { ListedPeering, PeeringStatus, StateCounts } from '../../../client/index.js';
import { isEndState, PEERING_STATES, type PeeringState } from '../../../domain/lifecycle.js';
import { shown } from '../../../domain/quoting.js';
import { html, type Html } from '../html.js';
import { table, timeOf } from '../words.js';

/** A line of the list; `status` is null where nobody answered for it in time. */
export interface ListRow {
  peering: ListedPeering;
  status: PeeringStatus | null;
}

export interface ListView {
  rows: readonly ListRow[];
  counts: StateCounts;
  state: PeeringState | null;
  search: string;
  /** Why the search is none, or null. */
  problem: string | null;
  nextPage: string | null;
  isFirstPage: boolean;
  root: string;
}

export function listMain(view: ListView): Html {
  const { root, search, state, problem } = view;
  return html`<h1>Connections</h1>
    <nav aria-label="States">
      <ul class="states">
        ${statesOf(view)}
      </ul>
    </nav>
    <form class="filter card" method="get" action="${root}/" role="search">
      <p>
        <label for="q">Find <span class="quiet">organization, VPC, account or peering id</span></label>
        <input id="q" name="q" value="${search}" maxlength="100" autocomplete="off" spellcheck="false" />
      </p>
      ${state !== null && html`<input type="hidden" name="state" value="${state}" />`}
      <p>
        <button class="button" type="submit">Find</button>
        ${search !== '' && html`<a class="button plain" href="${hrefOf(view, { search: '' })}">Show all</a>`}
      </p>
    </form>
    ${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`} ${rowsOf(view)}
    ${pagerOf(view)}`;
}

function statesOf(view: ListView): Html[] {
  const shownStates = PEERING_STATES.filter((state) => (view.counts[state] ?? 0) > 0 || state === view.state);
  const all = html`<li>
    <a href="${hrefOf(view, { state: null })}" ${view.state === null && html` aria-current="page"`}>all</a>
  </li>`;
  return [
    all,
    ...shownStates.map(
      (state) =>
        html`<li>
          <a href="${hrefOf(view, { state })}" ${state === view.state && html` aria-current="page"`}
            >${state} <strong>${view.counts[state] ?? 0}</strong></a
          >
        </li>`,
    ),
  ];
}

function hrefOf(
  view: ListView,
  change: { state?: PeeringState | null; search?: string; page?: string },
): string {
  const state = change.state === undefined ? view.state : change.state;
  const search = change.search ?? view.search;
  const query = new URLSearchParams({
    ...(state === null ? {} : { state }),
    ...(search === '' ? {} : { q: search }),
    ...(change.page === undefined ? {} : { page: change.page }),
  }).toString();
  return query === '' ? `${view.root}/` : `${view.root}/?${query}`;
}

function rowsOf({ rows, root }: ListView): Html {
  if (rows.length === 0) return html`<p class="card">No connection is found here.</p>`;
  const head = ['Connection', 'State', 'Waits for', 'Since', 'Account and peering'];
  return html`<div class="card">
    ${table('Connections', [head, ...rows.map((row) => cellsOf(row, root))])}
  </div>`;
}

function cellsOf({ peering, status }: ListRow, root: string): (Html | string)[] {
  const { organizationId, vpcId, state, customerAccountId, peeringConnectionId } = peering;
  const name = status === null ? null : shown(status.customerName);
  return [
    html`<a href="${root}/connections/${organizationId}/${vpcId}">${organizationId}/${vpcId}</a
      >${name !== null && html`<br /><span class="quiet">${name}</span>`}`,
    stateOf(status?.state ?? state),
    waitsFor(status, state),
    timeOf(status?.since ?? peering.startedAt),
    html`${customerAccountId ?? ''}<br />${peeringConnectionId ?? ''}`,
  ];
}

export function stateOf(state: PeeringState): Html {
  return html`<span class="state ${state}">${state}</span>`;
}

function waitsFor(status: PeeringStatus | null, state: PeeringState): Html | string {
  if (status === null) return isEndState(state) ? '' : 'no worker answered in time';
  const { who, what } = status.nextStep;
  return who === 'nobody' ? '' : html`<strong>${who}</strong>: ${what}`;
}

function pagerOf(view: ListView): Html | null {
  if (view.nextPage === null && view.isFirstPage) return null;
  return html`<nav class="pager" aria-label="Pages">
    ${!view.isFirstPage && html`<a class="button plain" href="${hrefOf(view, {})}">First page</a>`}
    ${view.nextPage !== null && html`<a class="button plain" rel="next" href="${hrefOf(view, { page: view.nextPage })}">Next page</a>`}
  </nav>`;
}
