import { getClient } from '@temporalio/activity';
import type { EndedPeering } from '../contract/ended-peering.js';
import { endedSignal } from '../contract/messages.js';
import { endedPeeringWorkflowId, WORKFLOW } from '../contract/names.js';

export interface EndedPeeringActivities {
  /** Keeps the end beyond the namespace's retention. The same run's end told twice is one end. */
  recordEnd(input: { connection: string; end: EndedPeering }): Promise<void>;
}

export function createEndedPeeringActivities(taskQueue: string): EndedPeeringActivities {
  return {
    async recordEnd({ connection, end }) {
      await getClient().workflow.signalWithStart<(first: EndedPeering) => Promise<void>, [EndedPeering]>(
        WORKFLOW.endedPeering,
        {
          workflowId: endedPeeringWorkflowId(connection),
          taskQueue,
          args: [end],
          signal: endedSignal,
          signalArgs: [end],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `How ${connection} ended`,
        },
      );
    },
  };
}
