import { describe, expect, it } from '@jest/globals';
import type { ActivateInput } from '@temporalio/workflow';
import { floodBarrier, MOST_AT_ONCE, takeLeftOut } from '../../workflows/signal-floods.js';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

const signal = (signalName: string, identity = ''): Job => ({ signalWorkflow: { signalName, identity } });
const many = (name: string, count: number): Job[] =>
  Array.from({ length: count }, (_, index) => signal(name, `${name} ${index.toString()}`));

/** What of the jobs the workflow is handed. */
function handedOn(jobs: Job[]): Job[] {
  let handed: Job[] = [];
  floodBarrier.activate?.({ activation: { jobs }, batchIndex: 0 }, ({ activation }) => {
    handed = activation.jobs ?? [];
  });
  return handed;
}

describe('a flood of signals', () => {
  it('is handed on as the last few of each name, in their order', () => {
    const flood = many('claims', 9_000);
    expect(handedOn(flood)).toEqual(flood.slice(-MOST_AT_ONCE));
    expect(takeLeftOut('claims')).toBe(9_000 - MOST_AT_ONCE);
    expect(takeLeftOut('claims')).toBe(0);
  });

  it('keeps nobody else from being heard', () => {
    const start: Job = { initializeWorkflow: {} };
    const fired: Job = { fireTimer: { seq: 1 } };
    const jobs = [start, signal('declined'), ...many('claims', 9_000), fired];
    const handed = handedOn(jobs);
    expect(handed).toHaveLength(MOST_AT_ONCE + 3);
    expect(handed.slice(0, 2)).toEqual(jobs.slice(0, 2));
    expect(handed.at(-1)).toBe(fired);
    takeLeftOut('claims');
  });

  it('is counted over several activations', () => {
    handedOn(many('claims', MOST_AT_ONCE + 1));
    handedOn(many('claims', MOST_AT_ONCE + 2));
    expect(takeLeftOut('claims')).toBe(3);
  });

  it('is none while there are few', () => {
    const jobs = [...many('claims', MOST_AT_ONCE), ...many('others', MOST_AT_ONCE)];
    expect(handedOn([...jobs])).toEqual(jobs);
    expect(takeLeftOut('claims')).toBe(0);
  });
});
