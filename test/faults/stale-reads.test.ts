/** T5: AWS does not show at once what was made, and takes its time for what it does; replies get lost besides. No twin comes of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EmulatedKind, EmulatorSettingsPatch } from '../../local/emulator-control.js';
import { problemsInBatches } from '../harness/fault-batches.js';
import { armEachCall, RULES } from '../harness/fault-calls.js';
import { playStory } from '../harness/fault-play.js';
import { EXHAUSTIVE, HANG_MS, noteTried } from '../harness/fault-plan.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';

const KINDS: readonly EmulatedKind[] = [
  'vpc',
  'subnet',
  'route-table',
  'network-acl',
  'security-group',
  'vpc-peering-connection',
];

const unseenFor = (describes: number): EmulatorSettingsPatch => ({
  visibility: Object.fromEntries(KINDS.map((kind) => [kind, { describes }])),
});

/** Each alone, and the last all at once: a fresh resource is not found by so many looks, and everything takes a second. */
const SLOWNESS: Readonly<Record<string, EmulatorSettingsPatch>> = {
  'unseen once': unseenFor(1),
  'unseen five times': unseenFor(5),
  'slow to change': {
    ...unseenFor(0),
    initiatingSeconds: 1,
    provisioningSeconds: 1,
    deletingSeconds: 1,
    propagationSeconds: 1,
  },
  'slow and unseen': unseenFor(3),
};

/** What makes what takes no client token. */
const LOST = ['CreateVpc', 'CreateSubnet', 'CreateSecurityGroup', 'CreateVpcPeeringConnection'];

/** Whose first reply is lost: each of them in one run, and nobody's in another. */
const TOGETHER = EXHAUSTIVE ? [[], ...LOST.map((action) => [action]), LOST] : [[], LOST];

let world: FaultWorld;
let points = 0;
let leaked = 0;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(async () => {
  noteTried({ points, leaked });
  await world.stop();
});

async function problemsOf(lost: readonly string[], slot: number): Promise<string[]> {
  const region = FAULT_REGIONS[slot] ?? '';
  const armed = armEachCall(world.control, region, { actions: lost, rule: RULES['lost-reply'] });
  const { telling, final } = await playStory(world, 'observe', {
    region,
    slot,
    onCommand: armed.onCommand,
  });
  const { violations, leaked: left } = telling.findings;
  leaked += left.length;
  points += Math.max(1, lost.length);
  const missed = lost.filter((action) => !armed.struck().includes(action));
  return [
    ...violations,
    ...missed.map((action) => `${action} was never reached`),
    ...(final === 'released' ? [] : [`ended as ${final}, not as released`]),
  ];
}

describe('an AWS that is behind itself', () => {
  it.each(Object.entries(SLOWNESS))(
    '%s: one of everything, and nothing afterwards',
    async (_name, settings) => {
      await world.control.settings(settings);
      const problems = await problemsInBatches(
        { limit: FAULT_REGIONS.length, batches: TOGETHER, nameOf: (action) => `${action} with no reply` },
        problemsOf,
      );
      expect(problems).toEqual([]);
    },
    HANG_MS,
  );
});
