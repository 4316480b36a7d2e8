import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Audited, AwsCall } from '../../contract/audit.js';

const callsOfActivity = new AsyncLocalStorage<AwsCall[]>();

/** Notes a call that AWS carried out, for the activity that is running. */
export function noteCall(call: AwsCall): void {
  callsOfActivity.getStore()?.push(call);
}

/** Leaves what an activity did in AWS in the history, beside its answer; workflows see the answer alone. */
export const auditInterceptor: ActivityInboundCallsInterceptor = {
  async execute(input, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<Audited<unknown>> {
    const calls: AwsCall[] = [];
    const result = await callsOfActivity.run(calls, () => next(input));
    return { result, calls };
  },
};
