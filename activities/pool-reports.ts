import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { poolReportQuery } from '../contract/messages.js';
import { poolWorkflowId } from '../contract/names.js';
import type { PoolReport } from '../contract/pool.js';
import type { PoolAddress } from './pool-callers.js';

/** All that a pool holds, page by page; nothing of a pool that is not there. */
export async function* reportPages({ scope, shard }: PoolAddress): AsyncGenerator<PoolReport> {
  const handle = getClient().workflow.getHandle(poolWorkflowId(scope, shard));
  for (let from: number | null = 0; from !== null;) {
    const page: PoolReport | null = await orWithoutPool(
      handle.query(poolReportQuery, { from, now: Date.now() }),
      null,
    );
    if (page === null) return;
    yield page;
    from = page.next;
  }
}

/** A question to a pool that may not be there. */
export async function orWithoutPool<T, N>(asked: Promise<T>, instead: N): Promise<T | N> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return instead;
    throw error;
  }
}
