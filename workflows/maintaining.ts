import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { maintainWorkflowId, OWNED_RUN_MEMO } from '../contract/names.js';
import { ending } from './failure.js';
import { maintainPeering } from './maintain-peering.js';
import type { RequestedPeering, Run } from './stages.js';

/**
 * Hands the connection over. Once this has begun, cancelling the run no longer touches the connection: only `close` or
 * cancelling `maintainPeering` does.
 */
export async function startMaintaining(requested: RequestedPeering, { record, undo }: Run): Promise<void> {
  const { connection, customerName, run } = requested.owner;
  await CancellationScope.nonCancellable(async () => {
    try {
      await startChild(maintainPeering, {
        workflowId: maintainWorkflowId(connection),
        args: [{ status: record.status, requested }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        memo: { [OWNED_RUN_MEMO]: run },
        staticSummary: `Peering of ${customerName}`,
      });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        // Of a run that was reset after it had handed over, all is the living connection's.
        undo.handOver();
        record.move('configuring', `${connection} is kept already`);
        throw ending('AlreadyConnected', `${connection} was connected by another run`);
      }
      throw error;
    }
  });
}
