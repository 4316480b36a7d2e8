import { beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import * as workflows from '../../workflows/index.js';
import { recordedRuns, recordingFromJson } from '../harness/histories.js';
import { workflowBundle } from '../harness/workflow-bundle.js';

const runs = await recordedRuns();

let code: Awaited<ReturnType<typeof workflowBundle>>;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  code = await workflowBundle();
});

/** What replaying a recording finds wrong, or null. */
async function replay(recording: string): Promise<Error | null> {
  for await (const { error } of Worker.runReplayHistories(code, [recordingFromJson(recording)]))
    return error ?? null;
  throw new Error('nothing was replayed');
}

describe('today’s workflows', () => {
  it.each([...runs.keys()])('go the way that was recorded: %s', async (name) => {
    expect(await replay(runs.get(name) ?? '')).toBeNull();
  });

  it('are all among the recorded ones', () => {
    const recorded = [...runs.values()].map(
      (recording) =>
        recordingFromJson(recording).history.events?.[0]?.workflowExecutionStartedEventAttributes
          ?.workflowType?.name,
    );
    expect(Object.keys(workflows).length).toBeGreaterThan(0);
    expect([...new Set(recorded)].sort()).toEqual(Object.keys(workflows).sort());
  });
});

describe('the replay itself', () => {
  it('catches a workflow whose steps come in another order', async () => {
    const recorded = runs.get('closed-provision') ?? '';
    const swapped = recorded
      .replaceAll('ensureSubnets', 'another')
      .replaceAll('ensureSecurityGroups', 'ensureSubnets')
      .replaceAll('another', 'ensureSecurityGroups');
    expect(swapped).not.toBe(recorded);
    expect(await replay(swapped)).toBeInstanceOf(DeterminismViolationError);
  });
});
