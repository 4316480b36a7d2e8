import type { WorkflowInterceptors } from '@temporalio/workflow';
import { floodBarrier } from './signal-floods.js';
import { staleClock } from './stale-clock.js';

/** Activities leave their answer beside what they did in AWS (`Audited`); the answer alone concerns a workflow. */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [staleClock, floodBarrier],
    outbound: [
      {
        async scheduleActivity(input, next) {
          return answerOf(await next(input));
        },
      },
    ],
  };
}

function answerOf(audited: unknown): unknown {
  if (typeof audited !== 'object' || audited === null || !('calls' in audited)) {
    throw new TypeError(
      'an activity answered without what it did in AWS: its worker lacks the audit interceptor',
    );
  }
  return 'result' in audited ? audited.result : undefined;
}
