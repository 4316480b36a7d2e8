import type { Client } from '@temporalio/client';
import {
  connectionName,
  connectionOfWorkflowId,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  provisionWorkflowId,
  type ConnectionKey,
} from '../contract/names.js';
import {
  CUSTOMER_ACCOUNT_ATTRIBUTE,
  ORGANIZATION_ATTRIBUTE,
  PEERING_CONNECTION_ATTRIBUTE,
} from '../contract/search-attributes.js';
import { LISTED_EXECUTIONS } from './list-peerings.js';

/** What an operator has in hand, recognized by its form. */
export type ListSearch =
  | { readonly by: 'account'; readonly accountId: string }
  | { readonly by: 'peering'; readonly peeringConnectionId: string }
  | { readonly by: 'vpc'; readonly vpcId: string }
  | { readonly by: 'connection'; readonly key: ConnectionKey }
  /** The beginning of an organization id. */
  | { readonly by: 'organization'; readonly prefix: string };

/** Null for a text that can be none of these. */
export function searchIn(text: string): ListSearch | null {
  if (/^\d{12}$/.test(text)) return { by: 'account', accountId: text };
  if (/^pcx-[0-9a-f]{8,17}$/.test(text)) return { by: 'peering', peeringConnectionId: text };
  if (/^vpc-[0-9a-f]{8,17}$/.test(text)) return { by: 'vpc', vpcId: text };
  const key = connectionOfWorkflowId(provisionWorkflowId(text));
  if (key !== null) return { by: 'connection', key };
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? { by: 'organization', prefix: text } : null;
}

/** A condition of a visibility query; every form above is free of quotes. */
export function searchCondition(search: Exclude<ListSearch, { by: 'vpc' }>): string {
  switch (search.by) {
    case 'account':
      return `${CUSTOMER_ACCOUNT_ATTRIBUTE.name} = '${search.accountId}'`;
    case 'peering':
      return `${PEERING_CONNECTION_ATTRIBUTE.name} = '${search.peeringConnectionId}'`;
    case 'connection':
      return connectionsCondition([search.key]);
    case 'organization':
      return `${ORGANIZATION_ATTRIBUTE.name} STARTS_WITH '${search.prefix}'`;
  }
}

export function connectionsCondition(keys: readonly ConnectionKey[]): string {
  const ids = keys
    .map(connectionName)
    .flatMap((name) => [provisionWorkflowId(name), maintainWorkflowId(name), endedPeeringWorkflowId(name)]);
  return `WorkflowId IN (${ids.map((id) => `'${id}'`).join(', ')})`;
}

/** A VPC id alone is in no attribute and ends the workflow id, so ids are read: no more than so many. */
const MOST_READ = 20_000;
const READ_AT_ONCE = 1_000;
/** One VPC belongs to one organization, unless somebody mistyped. */
const MOST_FOUND = 20;

export async function connectionsOfVpc(temporal: Client, vpcId: string): Promise<ConnectionKey[]> {
  const found = new Map<string, ConnectionKey>();
  let read = 0;
  for await (const { workflowId } of temporal.workflow.list({
    query: LISTED_EXECUTIONS,
    pageSize: READ_AT_ONCE,
  })) {
    const key = workflowId.endsWith(`/${vpcId}`) ? connectionOfWorkflowId(workflowId) : null;
    if (key !== null) found.set(connectionName(key), key);
    read += 1;
    if (read >= MOST_READ || found.size >= MOST_FOUND) break;
  }
  return [...found.values()];
}
