import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type {
  ActivateInput,
  ConcludeActivationInput,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { msToTs } from '@temporalio/common/lib/time.js';

type Activation = ActivateInput['activation'];

/** As the SDK showed them on the dev server: a task at 00 s, and what came to a worker that had just replayed it. */
const at = (seconds: number, events: number, bytes: number): Activation => ({
  timestamp: msToTs(1_795_840_500_935 + seconds * 1_000),
  historyLength: events,
  historySizeBytes: msToTs(bytes * 1_000).seconds ?? null,
});
const started: Activation = { ...at(0, 3, 450), jobs: [{ initializeWorkflow: {} }] };
const asked = { queryWorkflow: { queryId: 'legacy_query', queryType: 'status' } };
const told = { signalWorkflow: { signalName: 'peeringObserved' } };

const HEARD = { isHeard: true, commands: [] };
const WITHHELD = { isHeard: false, commands: [{ upsertWorkflowSearchAttributes: {} }] };

/** A run's own copy, as in its isolate: whether it hears of it, and what is added to its commands. */
let activate: (activation: Activation) => { isHeard: boolean; commands: ConcludeActivationInput['commands'] };
beforeEach(async () => {
  jest.resetModules();
  const { staleClock } = (await import('../../workflows/stale-clock.js')) as {
    staleClock: WorkflowInternalsInterceptor;
  };
  activate = (activation) => {
    let isHeard = false;
    staleClock.activate?.({ activation, batchIndex: 0 }, () => {
      isHeard = true;
    });
    return {
      isHeard,
      commands: staleClock.concludeActivation?.({ commands: [] }, (input) => input).commands ?? [],
    };
  };
});

describe('news that come with a question, by the clock of the task before them', () => {
  it('are kept from the run, and its task is done anew', () => {
    expect(activate(started)).toEqual(HEARD);
    expect(activate({ ...at(0, 7, 450), jobs: [told] })).toEqual(WITHHELD);
    expect(activate({ ...at(0, 7, 450), jobs: [asked] })).toEqual(HEARD);
  });

  it('are any but another question', () => {
    activate(started);
    expect(activate({ ...at(0, 7, 450), jobs: [{ fireTimer: { seq: 1 } }] })).toEqual(WITHHELD);
    expect(activate({ ...at(0, 9, 450), jobs: [{ resolveActivity: { seq: 1 } }] })).toEqual(WITHHELD);
  });

  it('are heard once a task has brought them', () => {
    activate(started);
    activate({ ...at(0, 7, 450), jobs: [asked] });
    expect(activate({ ...at(2, 8, 720), jobs: [told] })).toEqual(HEARD);
  });
});

describe('the same clock again', () => {
  it('is right within a task, for what a local activity answered', () => {
    activate(started);
    expect(activate({ ...at(0, 3, 450), jobs: [{ resolveActivity: { seq: 1, isLocal: true } }] })).toEqual(
      HEARD,
    );
  });

  it('is right from a server whose clock went back: its history has grown', () => {
    activate(started);
    expect(activate({ ...at(0, 8, 720), jobs: [told] })).toEqual(HEARD);
  });

  it('is let be from a server that tells no size', () => {
    activate({ ...at(0, 3, 0), jobs: [{ initializeWorkflow: {} }] });
    expect(activate({ ...at(0, 7, 0), jobs: [told] })).toEqual(HEARD);
  });
});
