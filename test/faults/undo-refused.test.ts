/** T3: AWS refuses an undo for good. The run says so and waits; its block stays held; mended, it goes on by itself. */
import { expect, it } from '@jest/globals';
import { closeSignal, customerDeclinedSignal, poolReportQuery } from '../../contract/messages.js';
import { connectionName, poolWorkflowId } from '../../contract/names.js';
import type { WorkflowHandle } from '@temporalio/client';
import { HANG_MS } from '../harness/fault-plan.js';
import {
  acceptInAws,
  expectNothingLeft,
  livingConnection,
  startAndWait,
  type Started,
} from '../harness/peering-story.js';
import type { SkippingWorld } from '../harness/time-skipping.js';
import { withStoryWorld } from '../harness/with-story-world.js';

/** Every kind of call of the release, of a request; the first and the last, of a connection. */
const UNDOING = [
  'DeleteVpcPeeringConnection',
  'DescribeNetworkInterfaces',
  'DeleteSecurityGroup',
  'DeleteSubnet',
  'DeleteVpc',
];
const CLOSING = ['DeleteVpcPeeringConnection', 'DeleteVpc'];

let world: SkippingWorld;
withStoryWorld((started) => {
  world = started;
});

async function expectParkedThenGone(
  { request }: Started,
  handle: WorkflowHandle,
  action: string,
): Promise<void> {
  const parked = await world.until(handle, 'parked');
  expect(parked.parked).toMatchObject({ from: 'releasing', who: 'provider' });
  expect(parked.history.at(-1)?.note).toContain(`ec2:${action}`);
  const pool = world.env.client.workflow.getHandle(poolWorkflowId(request.organizationId));
  expect((await pool.query(poolReportQuery)).held.map(({ holder }) => holder)).toEqual([
    connectionName(request),
  ]);
  await world.aws.control.clearFaults();
}

it.each(UNDOING)(
  '%s, of a request that was declined',
  async (action) => {
    const started = await startAndWait(world);
    await world.aws.control.addFault({ action, kind: 'error', code: 'InvalidParameterValue', times: null });
    await started.handle.signal(customerDeclinedSignal, { by: 'alice' });
    await expectParkedThenGone(started, started.handle, action);
    await world.until(started.handle, 'declined');
    await expectNothingLeft(world, started.request);
  },
  HANG_MS,
);

it.each(CLOSING)(
  '%s, of a connection that is closed',
  async (action) => {
    const started = await startAndWait(world);
    await acceptInAws(world, started);
    await started.handle.signal('customerAccepted', {});
    await world.until(started.handle, 'active');
    const kept = livingConnection(world, started.request);
    await world.until(kept, 'active');
    await world.aws.control.addFault({ action, kind: 'error', code: 'InvalidParameterValue', times: null });
    await kept.signal(closeSignal, {});
    await expectParkedThenGone(started, kept, action);
    await world.until(kept, 'released');
    await expectNothingLeft(world, started.request);
  },
  HANG_MS,
);
