/** T12: for a minute AWS shows nothing of what there is. Nothing ends of it, nothing is made twice, and nothing is left. */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import {
  closeSignal,
  customerAcceptedSignal,
  peeringObservedSignal,
  statusQuery,
} from '../../contract/messages.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { leftovers } from '../../local/leftovers.js';
import { PROVIDER } from '../harness/emulator.js';
import { HANG_MS } from '../harness/fault-plan.js';
import { onlyPeering } from '../harness/inventory.js';
import { connect } from '../harness/living-connection.js';
import {
  acceptInAws,
  expectNothingLeft,
  livingConnection,
  startAndWait,
  type Started,
} from '../harness/peering-story.js';
import { requestForNewVpc, type TestRequest } from '../harness/requests.js';
import type { SkippingWorld } from '../harness/time-skipping.js';
import { withStoryWorld } from '../harness/with-story-world.js';

/** What is not shown, by its name and by its ids. */
const ABSENT = [
  ['the peering', 'pcx-*'],
  ['the VPC', 'vpc-*'],
  ['anything', '*'],
] as const;

/** Of AWS's time, from the first call that would have been shown it. Less than `maintenance.absentAfter`, which is 5 minutes. */
const FOR_SECONDS = 60;
const LOOK_EVERY = '20 seconds';
/** Until well after it is shown again. */
const LOOKS = 6;

let world: SkippingWorld;
withStoryWorld((started) => {
  world = started;
});

async function hide(resource: string): Promise<void> {
  await world.syncClock();
  const absence = { action: '*', account: PROVIDER, kind: 'absent', resource } as const;
  await world.aws.control.addFault({ ...absence, seconds: FOR_SECONDS });
}

async function expectHidden(): Promise<void> {
  const hits = (await world.aws.control.faults()).map((fault) => fault.hits > 0);
  expect(hits).toEqual([true]);
}

/** @returns the states it was seen in, while the observer says again and again that it is gone */
async function lookedAt(handle: WorkflowHandle): Promise<PeeringState[]> {
  const states = new Set<PeeringState>();
  for (let look = 0; look < LOOKS; look += 1) {
    await handle.signal(peeringObservedSignal, { status: 'absent' });
    await world.env.sleep(LOOK_EVERY);
    states.add((await handle.query(statusQuery)).state);
  }
  return [...states];
}

const ownedInAws = async (): Promise<string[]> => leftovers(await world.aws.control.inventory()).sort();

/** To the end of the connection, which leaves nothing. */
async function goOn({ request, handle, peeringId }: Omit<Started, 'waiting'>): Promise<void> {
  expect(await handle.result()).toMatchObject({ state: 'active', peeringConnectionId: peeringId });
  expect(await onlyPeering(world.aws)).toMatchObject({ status: 'active' });
  await closed(request);
}

async function closed(request: TestRequest): Promise<void> {
  const kept = livingConnection(world, request);
  await kept.signal(closeSignal, { by: 'ops' });
  expect(await world.until(kept, 'released')).toMatchObject({ failure: null });
  await expectNothingLeft(world, request);
}

describe.each(ABSENT)('where AWS does not show %s for a minute', (_what, resource) => {
  it(
    'a request is built once, and comes up',
    async () => {
      const request = await requestForNewVpc(world.aws);
      await hide(resource);
      const handle = await world.start(request);
      const { peeringConnectionId } = await world.until(handle, 'awaiting-acceptance');
      await expectHidden();
      const started = { request, handle, peeringId: peeringConnectionId ?? '' };
      await acceptInAws(world, started);
      await handle.signal(customerAcceptedSignal, {});
      await goOn(started);
    },
    HANG_MS,
  );

  it(
    'a request that waits goes on waiting',
    async () => {
      const started = await startAndWait(world);
      const before = await ownedInAws();
      await hide(resource);
      const states = await lookedAt(started.handle);
      expect(['awaiting-acceptance', 'parked']).toEqual(expect.arrayContaining(states));
      expect(await ownedInAws()).toEqual(before);
      await acceptInAws(world, started);
      await started.handle.signal(customerAcceptedSignal, {});
      await goOn(started);
    },
    HANG_MS,
  );

  it(
    'a request that is accepted comes up',
    async () => {
      const started = await startAndWait(world);
      await acceptInAws(world, started);
      await hide(resource);
      await started.handle.signal(customerAcceptedSignal, {});
      await goOn(started);
      await expectHidden();
    },
    HANG_MS,
  );

  it(
    'a connection lives on',
    async () => {
      const { request, kept } = await connect(world);
      const before = await ownedInAws();
      await hide(resource);
      const states = await lookedAt(kept);
      await expectHidden();
      expect(['active', 'parked']).toEqual(expect.arrayContaining(states));
      expect(await world.until(kept, 'active')).toMatchObject({ failure: null });
      expect(await ownedInAws()).toEqual(before);
      await closed(request);
    },
    HANG_MS,
  );

  it(
    'a connection that is closed leaves nothing',
    async () => {
      const { request } = await connect(world);
      await hide(resource);
      await closed(request);
      await expectHidden();
    },
    HANG_MS,
  );
});
