import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import {
  closeSignal,
  customerAcceptedSignal,
  peeringObservedSignal,
  statusQuery,
} from '../../contract/messages.js';
import { PROVIDER } from '../harness/emulator.js';
import { acceptInAws, expectNothingLeft, livingConnection, startAndWait } from '../harness/peering-story.js';
import type { TestRequest } from '../harness/requests.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** One world a test: the test server skips no more time once some workflows have ended in it. */
let world: SkippingWorld;
beforeEach(async () => {
  world = await startSkippingWorld();
});
afterEach(async () => {
  await world.stop();
});

async function connected(): Promise<{ request: TestRequest; living: WorkflowHandle }> {
  const started = await startAndWait(world);
  await acceptInAws(world, started);
  await started.handle.signal(customerAcceptedSignal, {});
  await started.handle.result();
  return { request: started.request, living: livingConnection(world, started.request) };
}

/** From now on the provider may not, or cannot, look at its peerings. */
async function refuseLooks(code: string): Promise<void> {
  await world.aws.control.addFault({
    action: 'DescribeVpcPeeringConnections',
    account: PROVIDER,
    kind: 'error',
    code,
    times: null,
  });
}

describe('a living connection that cannot be looked at', () => {
  it('parks, and closes all the same', async () => {
    const { request, living } = await connected();
    await refuseLooks('UnauthorizedOperation');
    await living.signal(peeringObservedSignal, { status: 'active' });
    expect((await world.until(living, 'parked')).parked).toMatchObject({ from: 'active', who: 'provider' });

    await living.signal(closeSignal, { by: 'bob' });
    await world.env.sleep(2_000);
    const closing = await living.query(statusQuery);
    expect(closing.parked?.from ?? closing.state).toBe('releasing');

    await world.aws.control.clearFaults();
    await world.until(living, 'released');
    await expectNothingLeft(world, request);
  });

  it('lives on when AWS refuses the look for good, and is looked at again', async () => {
    const { living } = await connected();
    await refuseLooks('InvalidParameterValue');
    await living.signal(peeringObservedSignal, { status: 'active' });
    const parked = await world.until(living, 'parked');
    expect(parked.history.at(-1)?.note).toContain('InvalidParameterValue');

    await world.aws.control.clearFaults();
    await world.env.sleep('11 minutes');
    const status = await living.query(statusQuery);
    expect(status).toMatchObject({ state: 'active', parked: null });
    expect((await living.describe()).status.name).toBe('RUNNING');
  });
});
