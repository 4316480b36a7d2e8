import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { lookBeforeCreate, pollFor, pollUntil, type Timing } from '../../../activities/aws/poll.js';

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
});
