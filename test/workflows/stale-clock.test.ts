import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import Long from 'long';
import { ASKED_TOO_EARLY } from '../../contract/messages.js';

type Activation = ActivateInput['activation'];

/** As the SDK showed them on the dev server: a task at 00 s, and what came to a worker that had just replayed it. */
const at = (seconds: number, events: number, bytes: number): Activation => ({
  timestamp: { seconds: Long.fromNumber(1_795_840_500 + seconds), nanos: 934_553_625 },
  historyLength: events,
  historySizeBytes: Long.fromNumber(bytes),
});
const started: Activation = { ...at(0, 3, 450), jobs: [{ initializeWorkflow: {} }] };
const asked = { queryWorkflow: { queryId: 'legacy_query', queryType: 'status' } };
const told = { signalWorkflow: { signalName: 'peeringObserved' } };

/** A run's own copy, as in its isolate. */
let activate: (activation: Activation) => boolean;
beforeEach(async () => {
  jest.resetModules();
  const { staleClock } = (await import('../../workflows/stale-clock.js')) as {
    staleClock: WorkflowInternalsInterceptor;
  };
  activate = (activation) => {
    let isHandedOn = false;
    staleClock.activate?.({ activation, batchIndex: 0 }, () => {
      isHandedOn = true;
    });
    return isHandedOn;
  };
});

describe('news that come with a question, by the clock of the task before them', () => {
  it('are not handed on', () => {
    expect(activate(started)).toBe(true);
    expect(() => activate({ ...at(0, 7, 450), jobs: [told] })).toThrow(ASKED_TOO_EARLY);
    expect(() => activate({ ...at(0, 7, 450), jobs: [{ fireTimer: { seq: 1 } }] })).toThrow(ASKED_TOO_EARLY);
  });

  it('are, once a task has brought them', () => {
    activate(started);
    expect(activate({ ...at(2, 8, 720), jobs: [told] })).toBe(true);
  });

  it('do not keep questions alone from being answered', () => {
    activate(started);
    expect(activate({ ...at(0, 7, 450), jobs: [asked] })).toBe(true);
    expect(activate({ ...at(2, 8, 720), jobs: [told] })).toBe(true);
  });
});

describe('the same clock again', () => {
  it('is right within a task, for what a local activity answered', () => {
    activate(started);
    expect(activate({ ...at(0, 3, 450), jobs: [{ resolveActivity: { seq: 1, isLocal: true } }] })).toBe(true);
  });

  it('is right from a server whose clock went back: its history has grown', () => {
    activate(started);
    expect(activate({ ...at(0, 8, 720), jobs: [told] })).toBe(true);
  });

  it('is let be from a server that tells no size', () => {
    activate({ ...at(0, 3, 0), jobs: [{ initializeWorkflow: {} }] });
    expect(activate({ ...at(0, 7, 0), jobs: [told] })).toBe(true);
  });
});
