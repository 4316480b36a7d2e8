import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { poolReportQuery } from '../contract/messages.js';
import { poolWorkflowId } from '../contract/names.js';
import type { PoolReport } from '../contract/pool.js';
import type { PoolAddress } from './pool-callers.js';

/**
 * All that a pool holds, page by page; nothing of a pool that is not there.
 *
 * @param now ms since the epoch; null is the pool's own clock, which is right only just after an Update
 */
export async function* reportPages(
  { scope, shard }: PoolAddress,
  now: number | null = Date.now(),
): AsyncGenerator<PoolReport> {
  const handle = getClient().workflow.getHandle(poolWorkflowId(scope, shard));
  for (let from: number | null = 0; from !== null;) {
    const page: PoolReport | null = await orWithoutPool(
      handle.query(poolReportQuery, now === null ? { from } : { from, now }),
      null,
    );
    if (page === null) return;
    yield page;
    from = page.next;
  }
}

/** What is held by others than `holder`, or rests for them: CIDRs that it cannot have now. */
export async function blocksOfOthers(
  pool: PoolAddress,
  { holder, now }: { holder: string; now: number | null },
): Promise<string[]> {
  const blocks: string[] = [];
  for await (const { held, resting } of reportPages(pool, now)) {
    blocks.push(...held.filter((block) => block.holder !== holder).map(({ cidr }) => cidr));
    blocks.push(...resting.filter(({ lastHolder }) => lastHolder !== holder).map(({ cidr }) => cidr));
  }
  return blocks;
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
