import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { AwsCallError } from '../../activities/aws/call-error.js';
import { activityInterceptor } from '../../activities/interceptor.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function environment(info: { isLocal?: boolean } = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, {
    interceptors: [(context) => ({ inbound: activityInterceptor(context) })],
    logger: new DefaultLogger('ERROR'),
  });
}

/** Runs an activity that takes so long, and counts its heartbeats until well after its end. */
async function heartbeatsOf(env: MockActivityEnvironment, ms: number): Promise<number> {
  let heartbeats = 0;
  env.on('heartbeat', () => (heartbeats += 1));
  const running = env.run(() => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  await jest.advanceTimersByTimeAsync(ms);
  await running;
  await jest.advanceTimersByTimeAsync(60_000);
  return heartbeats;
}

describe('activityInterceptor', () => {
  it('heartbeats at least every two seconds while the activity runs, and no longer', async () => {
    const heartbeats = await heartbeatsOf(environment(), 30_000);
    expect(heartbeats).toBeGreaterThanOrEqual(15);
    expect(heartbeats).toBeLessThanOrEqual(30);
  });

  it('does not heartbeat for a local activity, which has none', async () => {
    expect(await heartbeatsOf(environment({ isLocal: true }), 30_000)).toBe(0);
  });

  it('turns an error of AWS into its failure by the table', async () => {
    const cause = Object.assign(new Error('no'), {
      name: 'VpcLimitExceeded',
      $metadata: { httpStatusCode: 400 },
    });
    const error = new AwsCallError({ action: 'ec2:CreateVpc', region: 'eu-west-1' }, cause);
    const failed = environment().run(() => Promise.reject(error));
    await expect(failed).rejects.toBeInstanceOf(ApplicationFailure);
    await expect(failed).rejects.toMatchObject({ type: 'QuotaExceeded' });
  });

  it('leaves every other error as it is', async () => {
    const own = ApplicationFailure.nonRetryable('own', 'AcceptanceMismatch');
    await expect(environment().run(() => Promise.reject(own))).rejects.toBe(own);
    const defect = new TypeError('a defect');
    await expect(environment().run(() => Promise.reject(defect))).rejects.toBe(defect);
  });
});
