import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { ActivityOptions } from '@temporalio/workflow';
import * as options from '../../workflows/activity-options.js';
import { recordedRuns, recordingFromJson } from '../harness/histories.js';

const { parkedStep, ...constants } = options;
const named: Record<string, ActivityOptions> = {
  ...constants,
  parkedStep: parkedStep('QuotaExceeded', { fromMs: 1_000, atMostMs: 60_000 }),
};

const WORKFLOWS = new URL('../../workflows/', import.meta.url);

describe('options of activities', () => {
  it.each(Object.keys(named))('%s notices within seconds that a worker died', (name) => {
    expect(named[name]?.heartbeatTimeout).toBe('5 seconds');
  });

  it('are nowhere but in their file', async () => {
    const files = (await readdir(WORKFLOWS)).filter((file) => file.endsWith('.ts'));
    const proxying: string[] = [];
    for (const file of files) {
      const source = await readFile(new URL(file, WORKFLOWS), 'utf8');
      if (/\bproxyActivities</.test(source)) proxying.push(file);
      const timeouts = source.match(/\b(startToClose|scheduleToClose|heartbeat)Timeout\b/g) ?? [];
      // A local activity has no heartbeat: it runs within the workflow task.
      const allowed = /\bproxyLocalActivities</.test(source) ? 1 : 0;
      if (file !== 'activity-options.ts') expect([file, timeouts.length]).toEqual([file, allowed]);
    }
    expect(proxying.length).toBeGreaterThan(5);
  });
});

describe('the recorded histories', () => {
  it('have no activity without a heartbeat timeout', async () => {
    const runs = await recordedRuns();
    const without = [...runs].flatMap(([name, text]) =>
      (recordingFromJson(text).history.events ?? [])
        .flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled ?? [])
        .filter(({ heartbeatTimeout }) => Number(heartbeatTimeout?.seconds ?? 0) === 0)
        .map(({ activityType }) => `${name}: ${activityType?.name ?? ''}`),
    );
    expect(without).toEqual([]);
  });
});
