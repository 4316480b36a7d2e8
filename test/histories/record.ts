/**
 * `npm run record-histories [-- NAME…]`: plays each story, or those named, on the time-skipping server and the emulated AWS,
 * and keeps the histories that the tests replay. To be run, and its reason said in the commit, when a workflow changes
 * without a patch.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { recordingAsText } from '../harness/histories.js';
import { startSkippingWorld } from '../harness/time-skipping.js';
import { CONNECTIONS } from './connections.js';
import { OTHERS } from './others.js';
import { REQUESTS } from './requests.js';
import { Stage, type Story } from './stage.js';

const DIRECTORY = new URL('./', import.meta.url);
const STORIES: Record<string, Story> = { ...OTHERS, ...REQUESTS, ...CONNECTIONS };

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  const text = recordingAsText(handle.workflowId, await handle.fetchHistory());
  await writeFile(new URL(`${name}.json`, DIRECTORY), `${text}\n`);
  process.stdout.write(`${name}\n`);
}

/** A world a story: the test server skips no more time once some workflows have ended in it. */
async function record(story: Story): Promise<void> {
  const world = await startSkippingWorld(story.settings, story.replaced);
  try {
    await story.play(new Stage(world, keep));
  } finally {
    await world.stop();
  }
}

/** What no story keeps any more is not to be replayed for ever. */
async function forgetAll(): Promise<void> {
  const recordings = (await readdir(DIRECTORY)).filter((name) => name.endsWith('.json'));
  await Promise.all(recordings.map((name) => rm(new URL(name, DIRECTORY))));
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in STORIES));
if (unknown.length > 0) {
  throw new Error(`no such story: ${unknown.join(', ')}; known: ${Object.keys(STORIES).join(', ')}`);
}
if (named.length === 0) await forgetAll();
for (const [name, story] of Object.entries(STORIES)) {
  if (named.length === 0 || named.includes(name)) await record(story);
}
