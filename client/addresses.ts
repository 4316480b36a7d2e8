import type { Client } from '@temporalio/client';
import { poolReportQuery } from '../contract/messages.js';
import { poolOfWorkflowId, WORKFLOW } from '../contract/names.js';
import type { PoolReport } from '../contract/pool.js';
import { isCustomerScope } from '../domain/plan.js';

/** What a pool holds, all of it; `shard` is null where the scope has one pool. */
export interface PoolListing extends Omit<PoolReport, 'next'> {
  scope: string;
  shard: string | null;
}

/**
 * The pools of a deployment, with everything they hold.
 *
 * @param scope only that one's; null is all but those of customers' networks, of which there is one for each connection or so, and
 *   then only the counts and the utilisation of each
 */
export async function listPools(
  temporal: Client,
  { taskQueue, scope }: { taskQueue: string; scope: string | null },
): Promise<PoolListing[]> {
  const query = `WorkflowType = '${WORKFLOW.cidrPool}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  const pools: PoolListing[] = [];
  for await (const { workflowId } of temporal.workflow.list({ query })) {
    const pool = poolOfWorkflowId(workflowId);
    if (pool === null || (scope === null ? isCustomerScope(pool.scope) : pool.scope !== scope)) continue;
    const listing = await listingOf(temporal, workflowId, { withContents: scope !== null });
    pools.push({ ...pool, ...listing });
  }
  return pools.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

const nameOf = ({ scope, shard }: PoolListing): string => `${scope}/${shard ?? ''}`;

async function listingOf(
  temporal: Client,
  workflowId: string,
  { withContents }: { withContents: boolean },
): Promise<Omit<PoolListing, 'scope' | 'shard'>> {
  const handle = temporal.workflow.getHandle(workflowId);
  const ask = (from: number): Promise<PoolReport> => handle.query(poolReportQuery, { from, now: Date.now() });
  const { next: second, ...listing } = await ask(0);
  if (!withContents) return { ...listing, held: [], resting: [], reserved: [] };
  for (let from = second; from !== null;) {
    const page = await ask(from);
    listing.held.push(...page.held);
    listing.resting.push(...page.resting);
    listing.reserved.push(...page.reserved);
    from = page.next;
  }
  return listing;
}
