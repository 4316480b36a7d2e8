import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { openMaintain } from './open-workflows.js';

export interface ConnectionActivities {
  /** Whether the connection is up, or still releasing what it built. */
  isConnected(input: { connection: string }): Promise<boolean>;
  /** Whether an open workflow keeps the connection, whichever run has made it. */
  isKept(input: { connection: string }): Promise<boolean>;
  /** Asks Temporal to cancel the workflow's current execution; one that has closed is left as it is. */
  cancelRun(input: { workflowId: string }): Promise<void>;
}

export function createConnectionActivities(): ConnectionActivities {
  return {
    async isConnected({ connection }) {
      return (await openMaintain(connection)) !== null;
    },

    async isKept({ connection }) {
      return (await openMaintain(connection)) !== null;
    },

    async cancelRun({ workflowId }) {
      try {
        await getClient().workflow.getHandle(workflowId).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
