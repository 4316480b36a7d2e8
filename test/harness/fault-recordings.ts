/** What the stories do when nothing goes wrong: played once for all suites that run the same code, and noted. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import { takeLock } from '../../local/setup/setup-lock.mjs';
import { STATE_DIRECTORY } from '../../local/setup/layout.mjs';
import { PROVIDER } from './emulator.js';
import { callCounter, type Around } from './fault-activities.js';
import type { RecordedAwsCall } from './fault-calls.js';
import type { EventOfRun } from './fault-kills.js';
import { playStory, STORIES } from './fault-play.js';
import { atOnce } from './fault-plan.js';
import { siteCounter, type OnCommand } from './fault-sites.js';
import type { Phase, Telling } from './fault-telling.js';
import { FAULT_REGIONS, type FaultWorld } from './fault-world.js';
import { digestOf } from './workflow-bundle.js';

/** A call of an activity. */
export interface RecordedCall {
  readonly story: string;
  readonly activity: string;
  /** From 1, of this activity in this story. */
  readonly nth: number;
  readonly phase: Phase;
  readonly workflowType: string;
  /** It calls AWS. */
  readonly onAws: boolean;
}

export interface Recording {
  readonly story: string;
  readonly calls: readonly RecordedCall[];
  readonly awsCalls: readonly RecordedAwsCall[];
  /** How many calls of the provider the emulator has counted in the region of the story. */
  readonly emulated: number;
  /** How long the histories are. */
  readonly events: readonly { readonly run: EventOfRun['run']; readonly count: number }[];
  /** States it was seen in. */
  readonly seen: readonly string[];
  readonly end: string;
  readonly violations: readonly string[];
}

/** Those whose calls to AWS are gone through one by one. */
export const CALL_STORIES = ['connectAndClose', 'decline', 'changeAccess', 'swapAccess'];

const CACHE = join(STATE_DIRECTORY, 'fault-recordings');
const SOURCES = ['workflows', 'contract', 'domain', 'activities', 'worker', 'local', 'test/harness'];

/** All of them. Whoever comes first plays them; the others wait for that. */
export async function recordings(world: FaultWorld): Promise<Recording[]> {
  const path = join(CACHE, `${await digestOf(SOURCES)}.json`);
  const unlock = await takeLock(`${path}.lock`, { check: () => undefined, onWait: () => undefined });
  try {
    if (existsSync(path)) return await readRecordings(path);
    const recorded = await recordAll(world);
    // What went wrong is to be seen by every suite, and tried again by the next run.
    if (recorded.some(({ violations }) => violations.length > 0)) return recorded;
    await mkdir(CACHE, { recursive: true });
    await writeFile(`${path}.partial`, JSON.stringify(recorded));
    await rename(`${path}.partial`, path);
    return recorded;
  } finally {
    unlock();
  }
}

async function readRecordings(path: string): Promise<Recording[]> {
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  // Written above, by the same code: its digest is in the name.
  return parsed as Recording[];
}

async function recordAll(world: FaultWorld): Promise<Recording[]> {
  // First those whose calls are counted by region: some of the others look at all of them.
  const others = Object.keys(STORIES).filter((story) => !CALL_STORIES.includes(story));
  const recorded: Recording[] = [];
  for (const items of [CALL_STORIES, others]) {
    const played = await atOnce({ limit: FAULT_REGIONS.length, items }, (story, slot) =>
      record(world, story, slot),
    );
    for (const result of played) {
      if (result.status === 'rejected') throw result.reason;
      recorded.push(result.value);
    }
  }
  return recorded;
}

async function record(world: FaultWorld, story: string, slot: number): Promise<Recording> {
  const region = FAULT_REGIONS[slot] ?? '';
  const notes = noteCalls(story);
  const before = await callsOfProvider(world, region);
  const { telling, final } = await playStory(world, story, { slot, region, ...notes.how });
  return {
    story,
    calls: notes.calls(),
    awsCalls: notes.awsCalls,
    emulated: (await callsOfProvider(world, region)) - before,
    events: await eventsOf(world, telling),
    seen: telling.seen,
    end: final,
    violations: telling.findings.violations,
  };
}

function noteCalls(story: string): {
  calls(): RecordedCall[];
  awsCalls: RecordedAwsCall[];
  how: { around: Around; onCommand: OnCommand; onTold: (telling: Telling) => void };
} {
  let told: Telling | undefined;
  const noted: Omit<RecordedCall, 'onAws'>[] = [];
  const awsCalls: RecordedAwsCall[] = [];
  const nthOf = callCounter();
  const siteOf = siteCounter();
  const now = (): Pick<RecordedCall, 'story' | 'phase' | 'workflowType'> => ({
    story,
    phase: told?.phase ?? 'connecting',
    workflowType: activityInfo().workflowType ?? '',
  });
  return {
    calls: () =>
      noted.map((call) => ({
        ...call,
        onAws: awsCalls.some(({ site }) => site.activity === call.activity && site.call === call.nth),
      })),
    awsCalls,
    how: {
      onTold: (telling) => {
        told = telling;
      },
      around: (activity, call) => {
        const nth = nthOf(activity);
        if (!noted.some((one) => one.activity === activity && one.nth === nth)) {
          noted.push({ ...now(), activity, nth });
        }
        return call();
      },
      onCommand: (action, call) => {
        const nth = awsCalls.filter((earlier) => earlier.action === action).length + 1;
        const site = siteOf.now(action);
        siteOf.tookEffect(site);
        awsCalls.push({ ...now(), action, nth, site });
        return call();
      },
    },
  };
}

async function callsOfProvider({ control }: FaultWorld, region: string): Promise<number> {
  const calls = await control.calls({ account: PROVIDER });
  return calls.filter((call) => call.service === 'ec2' && call.region === region).length;
}

async function eventsOf({ client }: FaultWorld, { point }: Telling): Promise<Recording['events']> {
  const events: Recording['events'][number][] = [];
  for (const run of ['provisionId', 'maintainId'] as const) {
    const count = await client.workflow
      .getHandle(point[run])
      .describe()
      .then(({ historyLength }) => historyLength)
      .catch(() => 0);
    if (count > 0) events.push({ run, count });
  }
  return events;
}
