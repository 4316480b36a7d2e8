import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { allocateUpdate, customerAcceptedSignal, poolReportQuery } from '../../contract/messages.js';
import { connectionName, poolWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { SweepReport } from '../../contract/sweep.js';
import { leftovers } from '../../local/leftovers.js';
import { makeByHand } from '../harness/orphans.js';
import { acceptInAws, startAndWait } from '../harness/peering-story.js';
import { POOL_POLICY } from '../harness/pool-world.js';
import { startSkippingWorld, type SkippingWorld } from '../harness/time-skipping.js';

let world: SkippingWorld;
beforeAll(async () => {
  world = await startSkippingWorld({ regions: ['us-east-1', 'eu-west-1'] });
});
afterAll(() => world.stop());

/** One sweep with the order to delete, to its end. The environment's own client skips hours while it waits for a result. */
function sweep(previous: SweepReport | null): Promise<SweepReport> {
  const { connection } = world.env;
  return new Client({ connection }).workflow.execute<(order: unknown) => Promise<SweepReport>>(
    WORKFLOW.sweepOrphans,
    {
      taskQueue: world.taskQueue,
      workflowId: `sweep-${randomUUID()}`,
      args: [{ delete: true, previous }],
    },
  );
}

describe('what somebody owns', () => {
  it('stays, when what nobody owns beside it goes, block and all, once two sweeps an hour apart have seen it', async () => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal(customerAcceptedSignal, {});
    await started.handle.result();
    const connection = connectionName(started.request);
    const living = leftovers(await world.aws.control.inventory(), connection);
    const waiting = await startAndWait(world);
    const made = await makeByHand(world.aws);
    const [scope = ''] = made.owner.connection.split('/');
    const pool = await world.env.client.workflow.start(WORKFLOW.cidrPool, {
      taskQueue: world.taskQueue,
      workflowId: poolWorkflowId(scope),
    });
    const order = { holder: made.owner.connection, avoid: [] };
    await pool.executeUpdate(allocateUpdate, { args: [{ policies: [POOL_POLICY], orders: [order] }] });

    const first = await sweep(null);
    const { region, owner, resourceIds } = made;
    expect(first.orphans).toEqual([
      {
        region,
        connection: owner.connection,
        run: owner.run,
        resourceIds: expect.any(Array),
        since: first.at,
      },
    ]);
    expect(first.orphans[0]?.resourceIds.toSorted()).toEqual(resourceIds);
    expect(first).toMatchObject({ deleting: true, deleted: [], deletions: [], held: [] });
    expect(first.examined).toBeGreaterThan(resourceIds.length + living.length);

    await world.env.sleep('30 minutes');
    const early = await sweep(first);
    expect(early).toMatchObject({ orphans: first.orphans, deleted: [], held: [] });

    await world.env.sleep('31 minutes');
    const last = await sweep(early);
    expect(last).toMatchObject({ orphans: [], held: [], deletions: [{ count: resourceIds.length }] });
    expect(last.deleted.toSorted()).toEqual(resourceIds);
    expect(leftovers(await world.aws.control.inventory(), owner.connection)).toEqual([]);
    expect(await pool.query(poolReportQuery)).toMatchObject({
      held: [],
      resting: [{ lastHolder: owner.connection }],
    });
    expect(leftovers(await world.aws.control.inventory(), connection)).toEqual(living);
    expect((await waiting.handle.describe()).status.name).toBe('RUNNING');
    expect(leftovers(await world.aws.control.inventory(), connectionName(waiting.request))).not.toEqual([]);
  });
});
