import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { asAttempt } from './aws/attempt.js';
import { AwsCallError } from './aws/call-error.js';
import { knowingItsRun } from './aws/reset-run.js';
import { failureOfAwsCall } from './failure.js';

/** Well below the heartbeat timeout, which tells Temporal within seconds that a worker has died. */
const HEARTBEAT_EVERY_MS = 1_500;

/** Around every activity: heartbeats from a timer, and errors of AWS turned into failures by the table. */
export function activityInterceptor(context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const timer = context.info.isLocal
        ? undefined
        : setInterval(() => {
            context.heartbeat();
          }, HEARTBEAT_EVERY_MS);
      try {
        return await asAttempt(context, () => knowingItsRun(context, input.headers, () => next(input)));
      } catch (error) {
        throw error instanceof AwsCallError ? failureOfAwsCall(error) : error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
