import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { isMaintained } from './open-workflows.js';

export interface ConnectionActivities {
  /** Asked before a run makes anything: whether the connection is up, or still releasing what it built. */
  isConnected(input: { connection: string }): Promise<boolean>;
  /** The same, asked before a run undoes what it has made; by a name of its own in histories. */
  isKept(input: { connection: string }): Promise<boolean>;
  /** Asks Temporal to cancel the workflow's current execution; one that has closed is left as it is. */
  cancelRun(input: { workflowId: string }): Promise<void>;
}

export function createConnectionActivities(): ConnectionActivities {
  return {
    isConnected: ({ connection }) => isMaintained(connection),

    isKept: ({ connection }) => isMaintained(connection),

    async cancelRun({ workflowId }) {
      try {
        await getClient().workflow.getHandle(workflowId).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
