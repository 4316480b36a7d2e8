/** What runs and pools say of themselves, asked until they answer. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { poolReportQuery, statusQuery } from '../../contract/messages.js';
import { poolWorkflowId } from '../../contract/names.js';
import type { PoolReport } from '../../contract/pool.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { FaultPoint } from './fault-world.js';
import { until } from './until.js';

/** The latest word on a connection: of the run that keeps it, else of the one that asked for it. */
export async function latestStatus(
  client: Client,
  { maintainId, provisionId }: Pick<FaultPoint, 'maintainId' | 'provisionId'>,
): Promise<PeeringStatus> {
  const of = (workflowId: string): Promise<PeeringStatus> =>
    answered(`${workflowId} says what it is`, () => client.workflow.getHandle(workflowId).query(statusQuery));
  const kept = await client.workflow
    .getHandle(maintainId)
    .describe()
    .catch(() => undefined);
  if (kept === undefined) return of(provisionId);
  const asked = await client.workflow.getHandle(provisionId).describe();
  // Requested again after the last connection ended: that one has the word.
  const isOver = kept.closeTime !== undefined && asked.startTime > kept.closeTime;
  return isOver ? of(provisionId) : of(maintainId);
}

/** A pool that nobody asked yet holds nothing. */
export async function reportOf(
  client: Client,
  scope: string,
): Promise<Pick<PoolReport, 'held' | 'resting' | 'reserved'>> {
  try {
    return await answered(`the pool ${scope} reports`, () =>
      client.workflow.getHandle(poolWorkflowId(scope)).query(poolReportQuery),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { held: [], resting: [], reserved: [] };
  }
}

/** A worker that has just died, or that has too much to do, lets a query time out; the next one is answered. */
async function answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const answer = await until(what, async () => {
    try {
      return { known: await ask() };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { error };
      throw error;
    }
  });
  if ('error' in answer) throw answer.error;
  return answer.known;
}
