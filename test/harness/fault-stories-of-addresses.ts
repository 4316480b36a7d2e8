/** What operators do to the pools, and the comparison of pools and AWS. */
import { randomUUID } from 'node:crypto';
import { manageAddressesWorkflowId, verifyAddressesWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { AddressOrder } from '../../domain/addresses/address-order.js';
import { reportOf } from './fault-questions.js';
import type { Story, Telling } from './fault-telling.js';
import { until } from './until.js';

const BLOCK = '10.200.8.0/25';
const RANGE = '10.200.16.0/24';

/** A range is reserved and a block adopted, and both are given back, whatever became of the first attempt. */
export const manage: Story = async (telling) => {
  const { organizationId, vpcId } = telling.point.request;
  const by = 'alice';
  const done = [
    await order(telling, { kind: 'reserve', scope: organizationId, cidr: RANGE, why: 'the office', by }),
    await order(telling, { kind: 'adopt', connection: { organizationId, vpcId }, cidr: BLOCK, by }),
  ];
  telling.seen.push(done.every(Boolean) ? 'managed' : 'not managed');
  telling.phase = 'releasing';
  await until(
    'nothing is reserved and nothing held',
    async () => {
      await order(telling, { kind: 'release', scope: organizationId, cidr: RANGE, by });
      await order(telling, { kind: 'release', scope: organizationId, cidr: BLOCK, by });
      const { held, reserved } = await reportOf(telling.world.client, organizationId);
      return held.length === 0 && reserved.length === 0 ? true : undefined;
    },
    telling.withinMs,
  );
};

/** @returns whether it was carried out, as far as anyone was told */
async function order({ world, point }: Telling, wanted: AddressOrder): Promise<boolean> {
  try {
    await world.client.workflow.execute(WORKFLOW.manageAddresses, {
      taskQueue: point.taskQueue,
      workflowId: manageAddressesWorkflowId(randomUUID()),
      args: [wanted],
    });
    return true;
  } catch {
    return false;
  }
}

/** Nothing is amiss, and nothing is made so. */
export const verify: Story = async ({ world, point, seen }) => {
  await world.client.workflow
    .execute(WORKFLOW.verifyAddresses, {
      taskQueue: point.taskQueue,
      workflowId: verifyAddressesWorkflowId(point.connection),
      args: [{ repair: true }],
    })
    .then(
      () => seen.push('verified'),
      () => seen.push('not verified'),
    );
};
