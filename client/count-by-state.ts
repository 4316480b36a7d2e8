import type { Client } from '@temporalio/client';
import { WORKFLOW } from '../contract/names.js';
import { ORGANIZATION_ATTRIBUTE, STATE_ATTRIBUTE } from '../contract/search-attributes.js';
import { isEndState, PEERING_STATES, type PeeringState } from '../domain/lifecycle.js';

export type StateCounts = Partial<Record<PeeringState, number>>;

/**
 * How many connections are in each state: those that are under way, and the kept ends of the others. Visibility counts,
 * and nothing is read. A connection that was requested again counts with its earlier end too.
 *
 * @param organizationIds only of these, valid ones; null for all
 */
export async function countByState(
  temporal: Client,
  organizationIds: readonly string[] | null,
): Promise<StateCounts> {
  const among =
    organizationIds === null
      ? []
      : [`${ORGANIZATION_ATTRIBUTE.name} IN (${organizationIds.map((id) => `'${id}'`).join(', ')})`];
  const counted = await Promise.all(
    PEERING_STATES.map(async (state) => {
      const kinds = isEndState(state) ? [WORKFLOW.endedPeering] : UNDER_WAY;
      const query = [
        `WorkflowType IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`,
        "ExecutionStatus = 'Running'",
        `${STATE_ATTRIBUTE.name} = '${state}'`,
        ...among,
      ].join(' AND ');
      return [state, (await temporal.workflow.count(query)).count] as const;
    }),
  );
  return Object.fromEntries(counted);
}

const UNDER_WAY = [WORKFLOW.provisionPeering, WORKFLOW.maintainPeering];
