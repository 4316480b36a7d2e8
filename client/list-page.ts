import { createHash } from 'node:crypto';
import { isGrpcServiceError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import {
  connectionName,
  connectionOfWorkflowId,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  provisionWorkflowId,
} from '../contract/names.js';
import { ORGANIZATION_ATTRIBUTE, STATE_ATTRIBUTE } from '../contract/search-attributes.js';
import type { PeeringState } from '../domain/lifecycle.js';
import { quoted } from '../domain/quoting.js';
import { organizationId } from '../domain/request/text-fields.js';
import { CausewayError } from './causeway-error.js';
import { connectionsCondition, connectionsOfVpc, searchCondition, type ListSearch } from './list-search.js';
import { comesBefore, LISTED_EXECUTIONS, listed, type ListedPeering } from './list-peerings.js';

export interface PageOptions {
  state?: PeeringState;
  /** Only connections of these organizations; absent, of all. */
  organizationIds?: readonly string[];
  /** Only what this finds; of a VPC id alone, the newest 20,000 executions are looked through. */
  search?: ListSearch;
  /** At most so many, 1 to 100; 50 unless told. */
  pageSize?: number;
  /** `nextPageToken` of the page before, asked for with the same filter. */
  pageToken?: string;
}

export interface ListedPage {
  /** Newest first. A page may have fewer than were asked for; only a missing token says that it is the last. */
  peerings: ListedPeering[];
  nextPageToken: string | null;
}

export const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 50;
/** Pages of Temporal's with nothing to show, passed over before an empty page is given with a token. */
const MOST_EMPTY_PAGES = 10;
const LONGEST_TOKEN = 4_096;
/** A page is answered in milliseconds, a slow one in a second. */
const TOKEN_WITHIN_MS = 4_000;

/**
 * One page of the list, by Temporal's visibility: what is read does not grow with the number of connections. An execution
 * is listed where it is the one that speaks for its connection, so each connection is on exactly one page while nothing changes.
 *
 * @throws CausewayError `InvalidRequest` for a token that is not one of this filter's
 */
export async function listPage(temporal: Client, options: PageOptions): Promise<ListedPage> {
  const found = await searched(temporal, options.search);
  if (found === null) return { peerings: [], nextPageToken: null };
  const query = [queryOf(options), ...found].join(' AND ');
  const pageSize = Math.min(Math.max(options.pageSize ?? DEFAULT_PAGE, 1), LARGEST_PAGE);
  let token = options.pageToken === undefined ? null : readToken(options.pageToken, query);
  for (let empty = 0; ; empty += 1) {
    const page: RawPage = await rawPage(temporal, { query, pageSize, token });
    const peerings = (await speakers(temporal, page.executions)).flatMap(listed);
    const nextPageToken = page.token === null ? null : writeToken(page.token, query);
    if (peerings.length > 0 || nextPageToken === null || empty >= MOST_EMPTY_PAGES)
      return { peerings, nextPageToken };
    token = page.token;
  }
}

interface RawPage {
  executions: { workflowId: string; runId: string }[];
  token: Uint8Array | null;
}

/** A run that nobody has looked at yet has no state: it is shown as planning. */
function queryOf({ state, organizationIds }: PageOptions): string {
  const name = STATE_ATTRIBUTE.name;
  const inState =
    state === 'planning'
      ? [`(${name} = 'planning' OR (${name} IS NULL AND ExecutionStatus = 'Running'))`]
      : state === undefined
        ? []
        : [`${name} = '${state}'`];
  const ofOrganizations =
    organizationIds === undefined
      ? []
      : [`${ORGANIZATION_ATTRIBUTE.name} IN (${organizationIds.map(quotedId).join(', ')})`];
  return [LISTED_EXECUTIONS, ...inState, ...ofOrganizations].join(' AND ');
}

/** Conditions of the search; null where it is known to find nothing. */
async function searched(temporal: Client, search: ListSearch | undefined): Promise<string[] | null> {
  if (search === undefined) return [];
  if (search.by !== 'vpc') return [searchCondition(search)];
  const keys = await connectionsOfVpc(temporal, search.vpcId);
  return keys.length === 0 ? null : [connectionsCondition(keys)];
}

/** Of the characters that an organization id may have, none has a meaning within quotes. */
function quotedId(id: string): string {
  if (!organizationId.safeParse(id).success)
    throw new CausewayError('InvalidRequest', `InvalidRequest: ${quoted(id)} is no organization id`);
  return `'${id}'`;
}

/** Those of the page that speak for their connections; all executions of these connections are looked at to tell. */
async function speakers(temporal: Client, page: RawPage['executions']): Promise<WorkflowExecutionInfo[]> {
  const names = new Set(page.flatMap(({ workflowId }) => nameOf(workflowId) ?? []));
  if (names.size === 0) return [];
  const ids = [...names].flatMap((name) => [
    provisionWorkflowId(name),
    maintainWorkflowId(name),
    endedPeeringWorkflowId(name),
  ]);
  const newest = new Map<string, WorkflowExecutionInfo>();
  const query = `${LISTED_EXECUTIONS} AND WorkflowId IN (${ids.map((id) => `'${id}'`).join(', ')})`;
  for await (const execution of temporal.workflow.list({ query })) {
    const name = nameOf(execution.workflowId);
    if (name === null) continue;
    const known = newest.get(name);
    if (known === undefined || comesBefore(execution, known)) newest.set(name, execution);
  }
  const speaking = new Map([...newest.values()].map((execution) => [execution.runId, execution]));
  return page.flatMap(({ runId }) => speaking.get(runId) ?? []);
}

function nameOf(workflowId: string): string | null {
  const key = connectionOfWorkflowId(workflowId);
  return key === null ? null : connectionName(key);
}

/**
 * Stores of visibility refuse a token that somebody made up with whatever they stumble over, and the SDK then tries again
 * up to the deadline: where the same question is answered without it, it was the token.
 */
async function rawPage(
  temporal: Client,
  { query, pageSize, token }: { query: string; pageSize: number; token: Uint8Array | null },
): Promise<RawPage> {
  if (token === null) return answeredPage(temporal, { query, pageSize });
  try {
    return await temporal.withDeadline(Date.now() + TOKEN_WITHIN_MS, () =>
      answeredPage(temporal, { query, pageSize, nextPageToken: token }),
    );
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    await answeredPage(temporal, { query, pageSize: 1 });
    throw invalidToken(error);
  }
}

/** The SDK lists to the end only, so Temporal's own call is made. */
async function answeredPage(
  temporal: Client,
  question: { query: string; pageSize: number; nextPageToken?: Uint8Array },
): Promise<RawPage> {
  const { executions, nextPageToken } = await temporal.workflowService.listWorkflowExecutions({
    namespace: temporal.options.namespace,
    ...question,
  });
  return {
    executions: executions.map(({ execution }) => ({
      workflowId: execution?.workflowId ?? '',
      runId: execution?.runId ?? '',
    })),
    token: nextPageToken.length > 0 ? nextPageToken : null,
  };
}

/** A token says for which question it was given: with another filter, Temporal would answer nonsense. */
function writeToken(token: Uint8Array, query: string): string {
  return `${digestOf(query)}.${Buffer.from(token).toString('base64url')}`;
}

function readToken(text: string, query: string): Uint8Array {
  const [, digest, token] =
    /^([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)$/.exec(text.slice(0, LONGEST_TOKEN)) ?? [];
  if (digest !== digestOf(query) || token === undefined) throw invalidToken();
  return Buffer.from(token, 'base64url');
}

function digestOf(query: string): string {
  return createHash('sha256').update(query).digest('base64url').slice(0, 16);
}

function invalidToken(cause?: unknown): CausewayError {
  const message =
    'InvalidRequest: the page token was not given out for this filter; begin with the first page';
  return new CausewayError('InvalidRequest', message, { cause });
}
