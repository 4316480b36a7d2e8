import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { maintainWorkflowId } from '../contract/names.js';

export interface ConnectionActivities {
  /** Whether the connection is up, or still releasing what it built. */
  isConnected(input: { connection: string }): Promise<boolean>;
  /** Asks Temporal to cancel the workflow's current execution; one that has closed is left as it is. */
  cancelRun(input: { workflowId: string }): Promise<void>;
}

export function createConnectionActivities(): ConnectionActivities {
  return {
    async isConnected({ connection }) {
      try {
        const description = await getClient().workflow.getHandle(maintainWorkflowId(connection)).describe();
        return description.status.name === 'RUNNING' || description.status.name === 'CONTINUED_AS_NEW';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
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
