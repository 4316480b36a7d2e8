/** An order to try at once finds the connection wherever it is kept, and is refused where nothing is parked. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { CausewayClient } from '../../client/causeway-client.js';
import { closeSignal, customerAcceptedSignal, statusQuery } from '../../contract/messages.js';
import type { PeeringStatus } from '../../contract/status.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { acceptInAws, livingConnection, startAndWait } from '../harness/peering-story.js';
import { requestForNewVpc } from '../harness/requests.js';
import { until } from '../harness/until.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
let client: CausewayClient;
/** Time passes by itself only: the environment's own client skips it while it waits for a result. */
let temporal: Client;
beforeAll(async () => {
  // Far longer than these tests wait: what goes on within them was told to.
  world = await startSkippingWorld({ observeEvery: '1 day' });
  temporal = new Client({ connection: world.env.connection });
  client = new CausewayClient(temporal, { taskQueue: world.taskQueue });
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.aws.control.reset();
  await world.syncClock();
});

const deny = (action: string): Promise<unknown> =>
  world.aws.control.addFault({ action, kind: 'error', code: 'UnauthorizedOperation', times: null });

const untilState = ({ workflowId }: WorkflowHandle, state: PeeringState): Promise<PeeringStatus> =>
  until(`${workflowId} is ${state}`, async () => {
    const status = await temporal.workflow.getHandle(workflowId).query(statusQuery);
    return status.state === state ? status : undefined;
  });

const retryNotes = ({ history }: PeeringStatus): string[] =>
  history.filter(({ topic }) => topic === 'retry').map(({ note }) => note);

describe('an order to try at once', () => {
  it('makes a parked request go on', async () => {
    await deny('CreateSubnet');
    const request = await requestForNewVpc(world.aws);
    const handle = await world.start(request);
    await untilState(handle, 'parked');
    await world.aws.control.clearFaults();
    await client.retry(request, 'ops');
    const waiting = await untilState(handle, 'awaiting-acceptance');
    expect(retryNotes(waiting)).toEqual(['"ops" wants it tried at once']);
  });

  it('makes a request that is parked while it is undone go on to its end', async () => {
    const { request, handle } = await startAndWait(world);
    await deny('DescribeNetworkInterfaces');
    await handle.cancel();
    expect((await untilState(handle, 'parked')).parked?.from).toBe('releasing');
    await world.aws.control.clearFaults();
    await client.retry(request, 'ops');
    expect(retryNotes(await untilState(handle, 'cancelled'))).toHaveLength(1);
  });

  it('makes a connection that is parked while it is released go on, and is refused before and after', async () => {
    const started = await startAndWait(world);
    const { request, handle } = started;
    const refused = (what: RegExp): Promise<void> =>
      expect(client.retry(request, 'ops')).rejects.toMatchObject({
        code: 'NotInState',
        message: expect.stringMatching(what),
      });
    await refused(/is not parked.*: it is awaiting-acceptance$/);
    await acceptInAws(world, started);
    await handle.signal(customerAcceptedSignal, {});
    await untilState(handle, 'active');
    const kept = livingConnection(world, request);
    await refused(/: it is active$/);

    await deny('DescribeNetworkInterfaces');
    await kept.signal(closeSignal, { by: 'ops' });
    await untilState(kept, 'parked');
    await world.aws.control.clearFaults();
    await client.retry(request, 'ops');
    expect(retryNotes(await untilState(kept, 'released'))).toHaveLength(1);
    await temporal.workflow.getHandle(kept.workflowId).result();
    await refused(/is over already; `causeway status` says how it ended$/);
  });

  it('finds no connection that nobody asked for', async () => {
    const key = { organizationId: 'org-nobody', vpcId: 'vpc-00000000000000000' };
    await expect(client.retry(key, 'ops')).rejects.toMatchObject({ code: 'NotFound' });
  });
});
