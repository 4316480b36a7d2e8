import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { isKeptFor, openMaintain, type RunOfConnection } from './open-workflows.js';

export interface ConnectionActivities {
  /** Whether the connection is up, or still releasing what it built. */
  isConnected(input: { connection: string }): Promise<boolean>;
  /** Whether what this run made is kept by the open workflow of the connection. */
  isKept(input: RunOfConnection): Promise<boolean>;
  /** Asks Temporal to cancel the workflow's current execution; one that has closed is left as it is. */
  cancelRun(input: { workflowId: string }): Promise<void>;
}

export function createConnectionActivities(): ConnectionActivities {
  return {
    async isConnected({ connection }) {
      return (await openMaintain(connection)) !== null;
    },

    async isKept({ connection, run }) {
      const maintain = await openMaintain(connection);
      return maintain !== null && isKeptFor(maintain, run);
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
