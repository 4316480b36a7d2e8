import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Activities } from '../../activities/index.js';
import { peeringObservedSignal, statusQuery } from '../../contract/messages.js';
import { OWNED_RUN_MEMO } from '../../contract/names.js';
import type { ObservedPeering } from '../../domain/acceptance.js';
import { durationMs } from '../../domain/durations.js';
import { CUSTOMER } from '../harness/emulator.js';
import { connect } from '../harness/living-connection.js';
import { expectNothingLeft } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
beforeEach(async () => {
  world = await startSkippingWorld({}, looksFromMemory);
});
afterEach(async () => {
  await world.stop();
});

/** While nothing changes in AWS, looks are answered as the first one was; there are hundreds. */
const quiet: { observed: ObservedPeering | null; years: boolean } = { observed: null, years: false };
function looksFromMemory(real: Activities): Partial<Activities> {
  return {
    describePeeringConnection: async (input) => {
      if (!quiet.years || quiet.observed === null)
        quiet.observed = await real.describePeeringConnection(input);
      return quiet.observed;
    },
    findDrift: (input) => (quiet.years ? Promise.resolve({ drift: [], beyond: [] }) : real.findDrift(input)),
  };
}

/** An hour less than a week: an event at the very moment of the workflow's own weekly look upsets the test server. */
const WEEK_MS = durationMs('7 days') - durationMs('1 hour');
const WEEKS = 262;
/** Continue-as-new is suggested at 4,096 events. */
const SMALL = 4_200;

describe('a connection', () => {
  it('stays small over five years of weekly events, keeps its owner, and ends as on the first day', async () => {
    const { kept, request, peeringId } = await connect(world);
    const first = await kept.describe();
    quiet.years = true;
    for (let week = 0; week < WEEKS; week += 1) {
      await world.env.sleep(WEEK_MS);
      await kept.signal(peeringObservedSignal, { status: 'changed' });
      await kept.query(statusQuery);
    }
    const after = await kept.describe();
    expect(after.runId).not.toBe(first.runId);
    expect(after.historyLength).toBeLessThan(SMALL);
    expect(after.memo).toEqual(first.memo);
    expect(after.memo?.[OWNED_RUN_MEMO]).toBeDefined();
    expect(await kept.query(statusQuery)).toMatchObject({ state: 'active', peeringConnectionId: peeringId });

    quiet.years = false;
    await world.syncClock();
    await world.aws
      .ec2(CUSTOMER, request.region)
      .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }));
    await kept.signal(peeringObservedSignal, { status: 'deleted' });
    expect(await kept.result()).toMatchObject({ state: 'disconnected' });
    await expectNothingLeft(world, request);
  });
});
