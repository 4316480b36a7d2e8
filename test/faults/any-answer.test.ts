/**
 * T12: whatever AWS answers to whichever call, in codes and statuses drawn by the seed, no request fails of it and no
 * connection ends: each story ends as if AWS had never refused anything.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aimed, answers, type Answer } from '../harness/fault-answers.js';
import { armCalls } from '../harness/fault-calls.js';
import { playStory } from '../harness/fault-play.js';
import { EXHAUSTIVE, HANG_MS, noteTried, SEED } from '../harness/fault-plan.js';
import { withHistory, type Telling } from '../harness/fault-telling.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';

/** Requested, accepted, up, closed. */
const STORY = 'connectAndClose';
/** In each region. */
const RUNS = EXHAUSTIVE ? 60 : 3;
/** To end with a message of its own, rather than jest's. */
const WITHIN_MS = HANG_MS - 120_000;

let world: FaultWorld;
let given = 0;
let leaked = 0;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(async () => {
  noteTried({ points: given, leaked });
  await world.stop();
});

async function problemsOf(drawn: readonly Answer[], slot: number): Promise<string[]> {
  const region = FAULT_REGIONS[slot] ?? '';
  const armed = armCalls(world.control, region, aimed(drawn));
  const untold: string[] = [];
  let telling: Telling | undefined;
  const outcome = await playStory(world, STORY, {
    slot,
    region,
    onTold: (told) => {
      telling = told;
    },
    onCommand: (action, call, sendings) => {
      if (action === 'DeleteVpcPeeringConnection' && telling?.phase !== 'releasing') {
        untold.push('deleted the peering before anybody said that it was to end');
      }
      return armed.onCommand(action, call, sendings);
    },
    // Looked at when it is parked; it goes on by itself.
    lasting: { lasting: () => [], lift: () => undefined },
  });
  given += armed.hits();
  const { seen, findings } = outcome.telling;
  leaked += findings.leaked.length;
  const problems = [...findings.violations, ...untold];
  if (outcome.final !== 'released') problems.push(`was ${seen.join(', ')}, and not released`);
  if (armed.hits() === 0) problems.push('AWS refused nothing');
  return withHistory(problems, outcome.telling);
}

/** @returns what is wrong, with the answers that it takes; null where nothing is */
async function counterexample(slot: number): Promise<string | null> {
  const property = fc.asyncProperty(answers, async (drawn) => {
    expect(await problemsOf(drawn, slot)).toEqual([]);
  });
  const details = await fc.check(property, {
    seed: SEED + slot,
    numRuns: RUNS,
    plugins: [fc.interruptAfterTimeLimit(WITHIN_MS, { failOnInterrupt: true })],
  });
  if (!details.failed) return null;
  const again = `CAUSEWAY_SEED=${SEED.toString()} npm test -- test/faults/any-answer.test.ts`;
  const problem = [
    await fc.asyncDefaultReportMessage(details),
    String(details.errorInstance),
    `again: ${again}`,
  ].join('\n\n');
  process.stderr.write(`${problem}\n`);
  return problem;
}

describe(`any answer of AWS (seed ${SEED.toString()})`, () => {
  it(
    'ends nothing, wherever it comes in the life of a connection',
    async () => {
      const found = await Promise.all(FAULT_REGIONS.map((_region, slot) => counterexample(slot)));
      expect(found.filter((problem) => problem !== null)).toEqual([]);
      expect(given).toBeGreaterThanOrEqual(RUNS * FAULT_REGIONS.length);
    },
    HANG_MS,
  );
});
