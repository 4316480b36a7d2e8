import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { AwsCallError } from '../../../activities/aws/call-error.js';
import {
  lookBeforeCreate,
  pollFor,
  pollUntil,
  tellingRefusal,
  type Timing,
} from '../../../activities/aws/poll.js';

const QUIET = new DefaultLogger('ERROR');
const AWS = { timing: { pollEveryMs: 1, settleMs: 5, secondLookMs: 2 } satisfies Timing };

/** Shows the thing from that look on; `looks` counts. */
function shownFrom(look: number): { probe: () => Promise<string | undefined>; looks: () => number } {
  let looks = 0;
  return {
    probe: () => Promise.resolve((looks += 1) >= look ? 'it' : undefined),
    looks: () => looks,
  };
}

function inActivity<T>(act: () => Promise<T>, attempt = 1): Promise<T> {
  return new MockActivityEnvironment({ attempt }, { logger: QUIET }).run(act);
}

describe('pollUntil', () => {
  it('looks no more than it has to', async () => {
    const { probe, looks } = shownFrom(3);
    expect(await inActivity(() => pollUntil(AWS, 'it', probe))).toBe('it');
    expect(looks()).toBe(3);
  });

  it('looks a last time when the time is over, and then says what is missing, to be tried again', async () => {
    const { probe, looks } = shownFrom(1_000);
    const failed = inActivity(() => pollUntil(AWS, 'the thing', probe));
    await expect(failed).rejects.toMatchObject({ type: 'NotYetConsistent', nonRetryable: false });
    await expect(failed).rejects.toThrow(/the thing/);
    expect(looks()).toBe(6);
  });

  it('hands on an error at once', async () => {
    const error = new Error('no');
    await expect(inActivity(() => pollUntil(AWS, 'it', () => Promise.reject(error)))).rejects.toBe(error);
  });

  it('stops when the activity is cancelled', async () => {
    const env = new MockActivityEnvironment({}, { logger: QUIET });
    const { probe, looks } = shownFrom(1_000);
    const running = env.run(() => pollUntil({ timing: { ...AWS.timing, settleMs: 3_600_000 } }, 'it', probe));
    env.cancel();
    await expect(running).rejects.toThrow(/cancel/i);
    expect(looks()).toBeLessThan(1_000);
  });
});

describe('pollFor', () => {
  it('looks once when there is no time', async () => {
    const { probe, looks } = shownFrom(2);
    expect(await inActivity(() => pollFor(AWS, 0, probe))).toBeUndefined();
    expect(looks()).toBe(1);
  });
});

describe('lookBeforeCreate', () => {
  it.each([
    [1, false, 1],
    [1, true, 6],
    [2, false, 6],
    [7, false, 6],
  ])('looks at attempt %i, possibly existing: %s, %i times', async (attempt, mayExist, times) => {
    const { probe, looks } = shownFrom(1_000);
    expect(await inActivity(() => lookBeforeCreate(AWS, mayExist, probe), attempt)).toBeUndefined();
    expect(looks()).toBe(times);
  });

  it.each([
    [2, { nothingMadeUpTo: 1 }, 1],
    [7, { nothingMadeUpTo: 6 }, 1],
    // The attempt before died, whatever the one before that has told.
    [3, { nothingMadeUpTo: 1 }, 6],
    [2, { nothingMadeUpTo: 2 }, 6],
    [2, undefined, 6],
    [2, null, 6],
    [2, 'nothingMadeUpTo', 6],
    [2, {}, 6],
  ])('looks at attempt %i, told %j by the one before, %i times', async (attempt, heartbeatDetails, times) => {
    const { probe, looks } = shownFrom(1_000);
    const env = new MockActivityEnvironment({ attempt, heartbeatDetails }, { logger: QUIET });
    expect(await env.run(() => lookBeforeCreate(AWS, true, probe))).toBeUndefined();
    expect(looks()).toBe(times);
  });
});

describe('tellingRefusal', () => {
  /** What the next attempt is told when the third one fails with this. */
  async function toldAfter(error: Error): Promise<unknown[]> {
    const env = new MockActivityEnvironment({ attempt: 3 }, { logger: QUIET });
    const told: unknown[] = [];
    env.on('heartbeat', (details: unknown) => told.push(details));
    await expect(env.run(() => tellingRefusal(() => Promise.reject(error)))).rejects.toBe(error);
    return told;
  }
  const answered = (name: string, httpStatusCode?: number, requestId?: string): AwsCallError =>
    new AwsCallError(
      { action: 'ec2:CreateVpc', region: 'eu-west-1' },
      Object.assign(new Error('no'), { name, $metadata: { httpStatusCode, requestId } }),
    );

  it.each([
    ['VpcLimitExceeded', 400],
    ['UnauthorizedOperation', 403],
    ['InvalidVpcID.NotFound', 400],
    ['AuthFailure', 401],
    ['NobodyKnowsThisOne', 400],
  ])('tells the next attempt that %s (%i) made nothing', async (code, status) => {
    expect(await toldAfter(answered(code, status, 'request-1'))).toEqual([{ nothingMadeUpTo: 3 }]);
  });

  it.each([
    ['busy', answered('RequestLimitExceeded', 503, 'request-1')],
    ['busy, in other words', answered('Throttling', 400, 'request-1')],
    ['busy, by its status', answered('NobodyKnowsThisOne', 429, 'request-1')],
    ['out of order', answered('InternalError', 500, 'request-1')],
    ['late', answered('RequestTimeout', 408, 'request-1')],
    ['there already', answered('VpcPeeringConnectionAlreadyExists', 400, 'request-1')],
    ['not AWS', answered('Forbidden', 403)],
    ['silent', answered('TimeoutError')],
    ['no answer at all', new Error('a defect')],
  ])('tells nothing where the answer is %s', async (_, error) => {
    expect(await toldAfter(error)).toEqual([]);
  });

  it('is the answer of the call, where there is one', async () => {
    expect(await inActivity(() => tellingRefusal(() => Promise.resolve('it')))).toBe('it');
  });
});
