import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { connectionName, connectionOfWorkflowId, WORKFLOW } from '../contract/names.js';
import {
  CUSTOMER_ACCOUNT_ATTRIBUTE,
  PEERING_CONNECTION_ATTRIBUTE,
  PROVIDER_REGION_ATTRIBUTE,
  STATE_ATTRIBUTE,
} from '../contract/search-attributes.js';
import { END_STATES, isPeeringState, type PeeringState } from '../domain/lifecycle.js';

/** One line of the list, from what the search attributes hold; of the record, where Temporal has forgotten the run. */
export interface ListedPeering {
  organizationId: string;
  vpcId: string;
  state: PeeringState;
  providerRegion: string | null;
  customerAccountId: string | null;
  peeringConnectionId: string | null;
  workflowId: string;
  runId: string;
  /** ISO 8601, UTC. */
  startedAt: string;
}

/** A workflow that keeps an end is open, but it is the last to be believed: it may be of an earlier request. */
const RECORDS = WORKFLOW.endedPeering;

const TYPES = [WORKFLOW.provisionPeering, WORKFLOW.maintainPeering, RECORDS];
const inAnyOf = (values: readonly string[]): string => `(${values.map((value) => `'${value}'`).join(', ')})`;

/** A visibility query for what can speak for a connection. */
export const LISTED_EXECUTIONS = `WorkflowType IN ${inAnyOf(TYPES)} AND (ExecutionStatus = 'Running' OR ${STATE_ATTRIBUTE.name} IN ${inAnyOf(END_STATES)})`;

/**
 * Running executions, closed ones in an end state, and kept ends; one line a connection: the living one before those that
 * ended, and the newest of these before the record, as `status` has it.
 */
export async function listPeerings(
  client: Client,
  filter: { state?: PeeringState },
): Promise<ListedPeering[]> {
  const newest = new Map<string, WorkflowExecutionInfo>();
  for await (const execution of client.workflow.list({ query: LISTED_EXECUTIONS })) {
    const key = connectionOfWorkflowId(execution.workflowId);
    if (key === null) continue;
    const name = connectionName(key);
    const known = newest.get(name);
    if (known === undefined || comesBefore(execution, known)) newest.set(name, execution);
  }
  return [...newest.values()]
    .flatMap(listed)
    .filter(({ state }) => filter.state === undefined || state === filter.state)
    .sort((a, b) => connectionName(a).localeCompare(connectionName(b)));
}

/** Which of two executions of one connection speaks for it. */
export function comesBefore(a: WorkflowExecutionInfo, b: WorkflowExecutionInfo): boolean {
  const ended = ({ closeTime, startTime }: WorkflowExecutionInfo): Date => closeTime ?? startTime;
  return rank(a) === rank(b) ? ended(a) > ended(b) : rank(a) > rank(b);
}

function rank({ type, status }: WorkflowExecutionInfo): number {
  if (type === RECORDS) return 0;
  return status.name === 'RUNNING' ? 2 : 1;
}

/** None for an execution of something else. */
export function listed(execution: WorkflowExecutionInfo): ListedPeering[] {
  const key = connectionOfWorkflowId(execution.workflowId);
  const attributes = execution.typedSearchAttributes;
  const state = attributes.get(STATE_ATTRIBUTE) ?? 'planning';
  if (key === null || !isPeeringState(state)) return [];
  return [
    {
      ...key,
      state,
      providerRegion: attributes.get(PROVIDER_REGION_ATTRIBUTE) ?? null,
      customerAccountId: attributes.get(CUSTOMER_ACCOUNT_ATTRIBUTE) ?? null,
      peeringConnectionId: attributes.get(PEERING_CONNECTION_ATTRIBUTE) ?? null,
      workflowId: execution.workflowId,
      runId: execution.runId,
      startedAt: execution.startTime.toISOString(),
    },
  ];
}
