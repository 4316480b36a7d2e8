import { getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { allocateUpdate, poolReportQuery, releaseUpdate } from '../contract/messages.js';
import { poolWorkflowId, WORKFLOW } from '../contract/names.js';
import type { AllocateBlock, BlockAnswer, PoolReport, ReleaseBlock } from '../contract/pool.js';

export interface AddressPoolActivities {
  allocateBlock: (input: { scope: string; order: AllocateBlock }) => Promise<BlockAnswer>;
  releaseBlock: (input: { scope: string; order: ReleaseBlock }) => Promise<void>;
  /** Who holds what, without starting a pool that is not there: planning allocates nothing. */
  reportPool: (input: { scope: string }) => Promise<PoolReport>;
}

/** The pool itself is the single writer; these only carry the question there and the answer back. */
export function createAddressPoolActivities(taskQueue: string): AddressPoolActivities {
  const start = (scope: string): WithStartWorkflowOperation<() => Promise<void>> =>
    new WithStartWorkflowOperation(WORKFLOW.cidrPool, {
      workflowId: poolWorkflowId(scope),
      taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `Addresses of ${scope}`,
    });
  return {
    allocateBlock: ({ scope, order }) =>
      refusalAsFailure(() =>
        getClient().workflow.executeUpdateWithStart(allocateUpdate, {
          startWorkflowOperation: start(scope),
          args: [order],
        }),
      ),

    /** A pool that is not there holds nothing: released. */
    releaseBlock: ({ scope, order }) =>
      refusalAsFailure(async () => {
        const pool = getClient().workflow.getHandle(poolWorkflowId(scope));
        await pool.executeUpdate(releaseUpdate, { args: [order] }).catch(ignoreNoPool);
      }),

    async reportPool({ scope }) {
      const pool = getClient().workflow.getHandle(poolWorkflowId(scope));
      const report = await pool.query(poolReportQuery).catch(ignoreNoPool);
      return report ?? { held: [], resting: [] };
    },
  };
}

function ignoreNoPool(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}

/** The pool's own refusal reaches the run as it is, so that Temporal does not repeat it. */
async function refusalAsFailure<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw error.cause;
    throw error;
  }
}
