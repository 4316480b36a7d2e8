import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { maintainWorkflowId } from '../contract/names.js';

export interface ConnectionActivities {
  /** Whether the connection is up, or still releasing what it built. */
  isConnected(input: { connection: string }): Promise<boolean>;
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
  };
}
