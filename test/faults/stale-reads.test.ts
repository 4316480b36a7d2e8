/** T5: AWS does not show at once what was made, and takes its time for what it does; replies get lost besides. No twin comes of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EmulatedKind, EmulatorSettingsPatch } from '../../local/emulator-control.js';
import { armCalls, type PlannedCallFault } from '../harness/fault-calls.js';
import { atOnce, noteTried } from '../harness/fault-plan.js';
import { playStory } from '../harness/fault-play.js';
import { FAULT_REGIONS, startFaultWorld, type FaultWorld } from '../harness/fault-world.js';
import { STACK_START_MS } from '../harness/stack.js';

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

/** Whose reply is lost: those that make what takes no client token, and nobody's. */
const LOST = [null, 'CreateVpc', 'CreateSubnet', 'CreateSecurityGroup', 'CreateVpcPeeringConnection'];

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
}, STACK_START_MS);
afterAll(() => world.stop());

describe('an AWS that is behind itself', () => {
  it.each(Object.entries(SLOWNESS))(
    '%s: one of everything, and nothing afterwards',
    async (_name, settings) => {
      await world.control.settings(settings);
      const results = await atOnce({ limit: FAULT_REGIONS.length, items: LOST }, async (action, slot) => {
        const region = FAULT_REGIONS[slot] ?? '';
        const faults: PlannedCallFault[] =
          action === null ? [] : [{ at: { action, nth: 1 }, fault: 'lost-reply' }];
        const armed = armCalls(world.control, region, faults);
        const { telling, final } = await playStory(world, 'observe', {
          region,
          slot,
          onCommand: armed.onCommand,
        });
        const { violations, leaked } = telling.findings;
        return { action, final, hits: armed.hits(), violations, leaked };
      });
      const played = results.map((result) =>
        result.status === 'fulfilled' ? result.value : String(result.reason),
      );
      noteTried({
        points: LOST.length,
        leaked: results.reduce(
          (sum, one) => sum + (one.status === 'fulfilled' ? one.value.leaked.length : 0),
          0,
        ),
      });
      expect(played).toEqual(
        LOST.map((action) => ({
          action,
          final: 'released',
          hits: action === null ? 0 : 1,
          violations: [],
          leaked: [],
        })),
      );
    },
    300_000,
  );
});
