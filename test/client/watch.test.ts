import { describe, expect, it } from '@jest/globals';
import { CausewayError } from '../../client/causeway-error.js';
import { watchStatus } from '../../client/watch.js';
import type { PeeringStatus } from '../../contract/status.js';

const QUICK = { shortestMs: 1, longestMs: 2 };

function statusIn(state: PeeringStatus['state'], round = 1): PeeringStatus {
  return {
    state,
    since: '2026-01-01T00:00:00.000Z',
    organizationId: 'org-42',
    customerName: 'Acme',
    plan: null,
    provider: null,
    customer: { accountId: '444455556666', region: 'eu-west-1', vpcId: 'vpc-12345678', subnetCidrs: [] },
    peeringConnectionId: null,
    expiresAt: null,
    round,
    reminders: 0,
    nextStep: { who: 'causeway', what: 'Nothing to do' },
    parked: null,
    facts: { customerSteps: null },
    history: [],
    failure: null,
  };
}

/** Answers one after the other, the last one for ever. */
function answering(...answers: (PeeringStatus | Error)[]): {
  ask: () => Promise<PeeringStatus>;
  asked: () => number;
} {
  let asked = 0;
  return {
    asked: () => asked,
    ask: () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer instanceof Error || answer === undefined
        ? Promise.reject(answer ?? new Error('no answer'))
        : Promise.resolve(answer);
    },
  };
}

async function statesOf(watch: AsyncGenerator<PeeringStatus>): Promise<string[]> {
  const states: string[] = [];
  for await (const { state } of watch) states.push(state);
  return states;
}

describe('watching a connection', () => {
  it('tells the status now, each change once, and ends with the end', async () => {
    const waiting = statusIn('awaiting-acceptance');
    const { ask } = answering(
      ...[waiting, waiting, statusIn('awaiting-acceptance', 2), statusIn('active')],
      ...[statusIn('active'), statusIn('releasing'), statusIn('released'), statusIn('planning')],
    );
    expect(await statesOf(watchStatus(ask, QUICK))).toEqual([
      'awaiting-acceptance',
      'awaiting-acceptance',
      'active',
      'releasing',
      'released',
    ]);
  });

  it('outlives a silence, and not a long one', async () => {
    const silence = new CausewayError('NoWorker', 'no worker answers');
    const { ask } = answering(statusIn('planning'), silence, silence, statusIn('declined'));
    expect(await statesOf(watchStatus(ask, QUICK))).toEqual(['planning', 'declined']);
    const silent = watchStatus(answering(statusIn('planning'), silence).ask, { ...QUICK, silentForMs: 20 });
    await expect(statesOf(silent)).rejects.toBe(silence);
  });

  it('ends with any other error at once', async () => {
    const unknown = new CausewayError('NotFound', 'not known');
    const { ask, asked } = answering(unknown);
    await expect(statesOf(watchStatus(ask, QUICK))).rejects.toBe(unknown);
    expect(asked()).toBe(1);
  });

  it('ends without an error when it is told to, also in the middle of a pause', async () => {
    const stop = new AbortController();
    const states: string[] = [];
    const { ask, asked } = answering(statusIn('awaiting-acceptance'));
    const watching = (async () => {
      for await (const { state } of watchStatus(ask, { signal: stop.signal, shortestMs: 60_000 })) {
        states.push(state);
        setImmediate(() => stop.abort());
      }
    })();
    await watching;
    expect(states).toEqual(['awaiting-acceptance']);
    expect(asked()).toBe(1);
    expect(await statesOf(watchStatus(ask, { signal: stop.signal }))).toEqual([]);
  });

  it('asks less and less often while nothing changes', async () => {
    const stop = new AbortController();
    const { ask, asked } = answering(statusIn('awaiting-acceptance'));
    setTimeout(() => stop.abort(), 200);
    await statesOf(watchStatus(ask, { signal: stop.signal, shortestMs: 10, longestMs: 1_000 }));
    // 10, 15, 23, 34, 51, 76 ms: in 200 ms an even pace of 10 ms would have asked 20 times.
    expect(asked()).toBeGreaterThan(2);
    expect(asked()).toBeLessThanOrEqual(7);
  });
});
