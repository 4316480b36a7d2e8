import {
  defaultPayloadConverter,
  workflowInfo,
  type Headers,
  type WorkflowInterceptors,
} from '@temporalio/workflow';
import { WORKFLOW, WRITTEN_FOR_HEADER } from '../contract/names.js';
import { floodBarrier } from './signal-floods.js';
import { staleClock } from './stale-clock.js';

/** Activities leave their answer beside what they did in AWS (`Audited`); the answer alone concerns a workflow. */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [staleClock, floodBarrier],
    outbound: [
      {
        async scheduleActivity(input, next) {
          const headers = { ...input.headers, ...writtenFor() };
          return answerOf(await next({ ...input, headers }));
        },
      },
    ],
  };
}

/** By it an activity sees that its run was reset: a reset copies the first event, and what was scheduled up to its point. */
function writtenFor(): Headers {
  const { workflowType, originalExecutionRunId } = workflowInfo();
  if (workflowType !== WORKFLOW.provisionPeering) return {};
  return { [WRITTEN_FOR_HEADER]: defaultPayloadConverter.toPayload(originalExecutionRunId) };
}

function answerOf(audited: unknown): unknown {
  if (typeof audited !== 'object' || audited === null || !('calls' in audited)) {
    throw new TypeError(
      'an activity answered without what it did in AWS: its worker lacks the audit interceptor',
    );
  }
  return 'result' in audited ? audited.result : undefined;
}
