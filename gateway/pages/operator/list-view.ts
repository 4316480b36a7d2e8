import { searchIn, type ListedPeering, type PeeringStatus } from '../../../client/index.js';
import { isEndState, isPeeringState } from '../../../domain/lifecycle.js';
import type { Caller } from '../../keys/api-keys.js';
import { rootOf, type PagesCauseway, type PagesParts } from '../parts.js';
import type { ListRow, ListView } from './list.js';
import { inTime } from './in-time.js';

/** What the address asks for, as it came. */
interface Asked {
  state: string | undefined;
  q: string | undefined;
  page: string | undefined;
}

/** Each row asks one workflow, so a page has few. */
const PAGE_SIZE = 20;
const ROW_WITHIN_MS = 2_500;

/** One page of visibility, and for each of its rows the status. What it costs does not grow with the connections. */
export async function listView(asked: Asked, caller: Caller, parts: PagesParts): Promise<ListView> {
  const { causeway, settings } = parts;
  const organizationIds = caller.organizations === null ? null : [...caller.organizations];
  const state = asked.state !== undefined && isPeeringState(asked.state) ? asked.state : null;
  const text = (asked.q ?? '').trim().slice(0, 100);
  const search = text === '' ? null : searchIn(text);
  const problem =
    text !== '' && search === null
      ? 'That is no organization id, VPC id, account number or peering id; all connections are shown.'
      : null;
  const [counts, found] = await Promise.all([
    causeway.countByState(organizationIds),
    causeway.listPage({
      pageSize: PAGE_SIZE,
      ...(state === null ? {} : { state }),
      ...(organizationIds === null ? {} : { organizationIds }),
      ...(search === null ? {} : { search }),
      ...(asked.page === undefined ? {} : { pageToken: asked.page }),
    }),
  ]);
  return {
    rows: await Promise.all(found.peerings.map((peering) => rowOf(peering, causeway))),
    counts,
    state,
    search: text,
    problem,
    nextPage: found.nextPageToken,
    isFirstPage: asked.page === undefined,
    root: rootOf(settings),
  };
}

async function rowOf(peering: ListedPeering, causeway: PagesCauseway): Promise<ListRow> {
  return { peering, status: await statusOf(peering, causeway) };
}

function statusOf(peering: ListedPeering, causeway: PagesCauseway): Promise<PeeringStatus | null> {
  // How it ended stands in its state; old ends would be read back from their histories.
  if (isEndState(peering.state)) return Promise.resolve(null);
  return inTime(causeway.status(peering), ROW_WITHIN_MS);
}
