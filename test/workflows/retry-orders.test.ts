import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { closeSignal, customerAcceptedSignal, retrySignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import { acceptInAws, livingConnection, startAndWait } from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
import { until } from '../harness/until.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

/** More than of one name reach their handler in one activation. */
const FLOOD = 60;

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.aws.control.reset();
  await world.syncClock();
});

const deny = (action: string): Promise<unknown> =>
  world.aws.control.addFault({ action, kind: 'error', code: 'UnauthorizedOperation', times: null });

const ordersIn = ({ history }: PeeringStatus): PeeringStatus['history'] =>
  history.filter(({ topic }) => topic === 'retry');

/** Sends so many at once, and then one more, and waits until all of them stand in the history. */
async function order(handle: WorkflowHandle, count: number): Promise<PeeringStatus['history']> {
  const names = Array.from({ length: count }, (_, index) => `nobody-${index.toString()}`);
  await Promise.all(names.map((by) => handle.signal(retrySignal, { by })));
  await handle.signal(retrySignal, { by: 'ops' });
  return until('all are noted', async () => {
    const orders = ordersIn(await handle.query<PeeringStatus>(statusQuery));
    return (orders[0]?.count ?? 0) > count ? orders : undefined;
  });
}

describe('orders to try at once', () => {
  it('are one line of the history of a parked request, with their number and the last who gave one', async () => {
    await deny('CreateSubnet');
    const handle = await world.start(await requestForNewVpc(world.aws));
    await world.until(handle, 'parked');
    expect(await order(handle, FLOOD)).toEqual([
      {
        at: expect.any(String),
        state: 'parked',
        note: '"ops" wants it tried at once',
        topic: 'retry',
        count: FLOOD + 1,
      },
    ]);
    await handle.terminate();
  });

  it('are one line of the history of a connection that is parked while it is released', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    await started.handle.result();
    const kept = livingConnection(world, started.request);
    await deny('DescribeNetworkInterfaces');
    await kept.signal(closeSignal, { by: 'ops' });
    await world.until(kept, 'parked');
    expect(await order(kept, 2)).toMatchObject([{ note: '"ops" wants it tried at once', count: 3 }]);
    await kept.terminate();
  });

  it('leave nothing in the history of what is not parked', async () => {
    const { handle } = await startAndWait(world);
    await handle.signal(retrySignal, { by: 'ops' });
    // The answer to a claim tells that what came before it was heard.
    await handle.signal(customerAcceptedSignal, {});
    const answered = await until('the claim is answered', async () => {
      const status = await handle.query<PeeringStatus>(statusQuery);
      return status.history.some(({ topic }) => topic === 'answer') ? status : undefined;
    });
    expect(ordersIn(answered)).toEqual([]);
    await handle.terminate();
  });
});
