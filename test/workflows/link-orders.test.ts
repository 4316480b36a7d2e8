import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  closeSignal,
  customerAcceptedSignal,
  renewLinkUpdate,
  statusQuery,
} from '../../contract/messages.js';
import { CausewayClient } from '../../client/causeway-client.js';
import { acceptInAws, livingConnection, startAndWait } from '../harness/peering-story.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld();
});
afterAll(async () => {
  await world.stop();
});

describe('the generation of the customer’s link', () => {
  it('goes up with every link, is handed on with the connection, and stays when it has ended', async () => {
    const client = new CausewayClient(world.env.client, { taskQueue: world.taskQueue });
    const started = await startAndWait(world);
    const { handle, request, waiting } = started;
    expect(waiting.linkGeneration).toBeUndefined();
    const first = await handle.executeUpdate(renewLinkUpdate, { args: [{ by: 'bob' }] });
    const second = await client.renewLink(request, 'bob');
    expect(second).toBeGreaterThan(first);
    const status = await handle.query(statusQuery);
    expect(status.linkGeneration).toBe(second);
    expect(status.history.at(-1)).toMatchObject({
      note: '"bob" made a new link for the customer; earlier ones are revoked',
      count: 2,
    });

    await acceptInAws(world, started);
    await handle.signal(customerAcceptedSignal, {});
    await handle.result();
    const kept = livingConnection(world, request);
    expect((await kept.query(statusQuery)).linkGeneration).toBe(second);
    const third = await client.renewLink(request, 'bob');
    expect(third).toBeGreaterThan(second);

    await kept.signal(closeSignal, { by: 'bob' });
    await kept.result();
    expect((await client.status(request)).linkGeneration).toBe(third);
    await expect(client.renewLink(request, 'bob')).rejects.toMatchObject({ code: 'NotFound' });

    // A link of the first request must not open the second one: generations go on.
    const again = await world.start(request);
    await world.until(again, 'awaiting-acceptance');
    expect((await again.query(statusQuery)).linkGeneration).toBeUndefined();
    expect(await client.renewLink(request, 'bob')).toBeGreaterThan(third);
  });
});
