/** What connections go through. Together the stories call every activity there is; a test holds them to that. */
import { randomUUID } from 'node:crypto';
import { DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { changeAccessUpdate, customerDeclinedSignal, type AccessChange } from '../../contract/messages.js';
import { manualSweepWorkflowId, providerCheckWorkflowId, WORKFLOW } from '../../contract/names.js';
import { ORPHAN_AGE_MS, sweepReportIn, type SweepOrder, type SweepReport } from '../../contract/sweep.js';
import { isEndState } from '../../domain/lifecycle.js';
import { leftovers } from '../../local/leftovers.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { PROVIDER } from './emulator.js';
import { reportOf } from './fault-questions.js';
import {
  acceptInAws,
  close,
  connect,
  glance,
  isUpAsAgreed,
  look,
  request,
  untilKept,
  untilOneOf,
  type Story,
  type Telling,
} from './fault-telling.js';
import type { FaultPoint } from './fault-world.js';
import { until } from './until.js';

/** Requested, accepted, up, closed. */
export const connectAndClose: Story = async (telling) => {
  if (await connect(telling)) {
    await look(telling);
    await close(telling);
  }
  await look(telling);
};

/** Requested, declined. */
export const decline: Story = async (telling) => {
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state === 'awaiting-acceptance') await declineNow(telling);
  await look(telling);
};

export async function declineNow(telling: Telling): Promise<void> {
  const { world, point } = telling;
  telling.phase = 'releasing';
  await world.client.workflow.getHandle(point.provisionId).signal(customerDeclinedSignal, { by: 'alice' });
  await untilOneOf(telling);
}

/** Cancelled by the provider's operator, at once where it does not get on. */
export const cancel: Story = async (telling) => {
  const { world, point } = telling;
  await request(telling);
  await untilOneOf(telling, 'parked', 'awaiting-acceptance');
  telling.phase = 'releasing';
  await world.client.workflow.getHandle(point.provisionId).cancel();
  await untilOneOf(telling);
  await look(telling);
};

/** Declined, and somebody is told of it by the webhook. */
export const notify: Story = async (telling) => {
  await decline(telling);
  const { client } = telling.world;
  await until(
    'all messages are delivered, or given up',
    async () => {
      const query = `WorkflowType = '${WORKFLOW.deliverNotification}' AND TaskQueue = '${telling.point.taskQueue}' AND ExecutionStatus = 'Running'`;
      const { count } = await client.workflow.count(query);
      return count === 0 ? true : undefined;
    },
    telling.withinMs,
  );
};

/** Another range and other ports, on a living connection. */
export const changeAccess: Story = (telling) =>
  change(telling, { subnetCidrs: [...telling.point.request.subnetCidrs, '172.31.64.0/20'], ports: [5432] });

/** So many ports, far apart, that they and as many others do not fit into one network ACL. */
const portsFrom = (first: number): number[] => Array.from({ length: 12 }, (_, index) => first + 10 * index);
export const MANY_PORTS = portsFrom(5000);

/** Other ports than `MANY_PORTS`, as many: a second network ACL takes the place of the first. */
export const swapAccess: Story = (telling) =>
  change(telling, { subnetCidrs: telling.point.request.subnetCidrs, ports: portsFrom(7000) });

async function change(
  telling: Telling,
  { subnetCidrs, ports }: { subnetCidrs: string[]; ports: number[] },
): Promise<void> {
  if (await connect(telling)) {
    await untilKept(telling);
    telling.phase = 'keeping';
    const refusal = await refusalOf(telling, { subnetCidrs, access: [{ protocol: 'tcp', ports }] });
    if (refusal === null) {
      const ranges = ports.map((port) => ({ from: port, to: port }));
      telling.agreed = { subnetCidrs, access: [{ protocol: 'tcp', ports: ranges }] };
    }
    telling.seen.push(refusal === null ? 'changed' : `not changed: ${refusal}`);
    const { history } = await untilOneOf(telling, 'active');
    if (history.some(({ note }) => note.includes('could not be put back at once'))) {
      telling.agreed = { ...telling.agreed, keepsSpare: true };
    }
    await look(telling);
    await close(telling);
  }
  await look(telling);
}

/** Why it was not carried out, or null; who asks may lose patience, and asks for the same change again. */
function refusalOf({ world, point, withinMs }: Telling, change: AccessChange): Promise<string | null> {
  const updateId = randomUUID();
  const keeping = world.client.workflow.getHandle(point.maintainId);
  return until(
    'the change has come to something',
    () =>
      keeping.executeUpdate(changeAccessUpdate, { updateId, args: [change] }).then(
        () => null,
        (error: unknown) => {
          if (error instanceof WorkflowUpdateFailedError) return String(error.cause);
          throw error;
        },
      ),
    withinMs,
  );
}

/** A plan alone: nothing is made. */
export const plan: Story = async (telling) => {
  const { world, point } = telling;
  await world.client.workflow
    .execute(WORKFLOW.planPeering, {
      taskQueue: point.taskQueue,
      workflowId: `plan-peering/${point.connection}`,
      args: [point.request],
    })
    .then(
      () => telling.seen.push('planned'),
      () => telling.seen.push('not planned'),
    );
};

/** Accepted without a word to anyone: the region's observer notices. */
export const observe: Story = async (telling) => {
  const { point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state === 'awaiting-acceptance') {
    await acceptInAws(point, waiting.peeringConnectionId ?? '');
    await observeUntil(telling, () => Promise.resolve(telling.last?.state === 'active'));
    await look(telling);
    await close(telling);
  }
  await look(telling);
};

/** As its Schedule does: one look after the other, whatever became of the last. */
async function observeUntil(telling: Telling, isDone: () => Promise<boolean>): Promise<void> {
  const { world, point } = telling;
  const { deployment } = point.settings.provider;
  const args = [{ region: point.request['providerRegion'], deployment }];
  await until(
    `${point.connection} is observed`,
    async () => {
      await world.client.workflow
        .execute(WORKFLOW.observePeerings, {
          taskQueue: point.taskQueue,
          workflowId: `observe-peerings/${deployment}`,
          args,
        })
        .catch(() => telling.seen.push('not observed'));
      const { state } = await glance(telling);
      return isEndState(state) || (await isDone()) ? true : undefined;
    },
    telling.withinMs,
  );
}

/** Somebody deletes a route of a living connection by hand; it is put back. */
export const drift: Story = async (telling) => {
  const { world, point } = telling;
  if (await connect(telling)) {
    telling.phase = 'keeping';
    const provider = new SampleCustomer(world.stack.emulator.endpoint, PROVIDER, providerRegionOf(point));
    const [DestinationCidrBlock] = point.request.subnetCidrs;
    const RouteTableId = telling.last?.provider?.routeTableId ?? '';
    await provider.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
    await observeUntil(telling, () => isUpAsAgreed(telling));
    await untilOneOf(telling, 'active');
    await look(telling);
    await close(telling);
  }
  await look(telling);
};

/** A connection whose workflows an operator has terminated: two sweeps, an hour apart, take it down. */
export const sweep: Story = async (telling) => {
  const { world, point } = telling;
  if (!(await connect(telling))) return look(telling);
  await untilKept(telling);
  telling.phase = 'keeping';
  await world.client.workflow.getHandle(point.maintainId).terminate('by the fault suite');
  let previous: SweepReport | null = null;
  await until(
    'what nobody owns is gone',
    async () => {
      const report = await sweepOnce(telling, previous);
      previous = report === null ? previous : anHourOlder(report);
      return leftovers(await world.control.inventory(), point.connection).length === 0 &&
        (await reportOf(world.client, point.request.organizationId)).held.length === 0
        ? true
        : undefined;
    },
    telling.withinMs,
  );
  telling.seen.push('swept');
};

async function sweepOnce(
  { world, point }: Telling,
  previous: SweepReport | null,
): Promise<SweepReport | null> {
  const order: SweepOrder = { delete: true, previous };
  const report: unknown = await world.client.workflow
    .execute(WORKFLOW.sweepOrphans, {
      taskQueue: point.taskQueue,
      workflowId: manualSweepWorkflowId(point.taskQueue),
      args: [order],
    })
    .catch(() => null);
  return sweepReportIn(report);
}

/** Time cannot be skipped here, so that the report is made to tell of an earlier hour. */
function anHourOlder(report: SweepReport): SweepReport {
  const since = new Date(Date.now() - 2 * ORPHAN_AGE_MS).toISOString();
  return { ...report, at: since, orphans: report.orphans.map((orphan) => ({ ...orphan, since })) };
}

const providerRegionOf = ({ request: asked }: FaultPoint): string => String(asked['providerRegion']);

/** An operator asks how the worker sees AWS. */
export const check: Story = async (telling) => {
  const { world, point } = telling;
  await world.client.workflow
    .execute(WORKFLOW.checkProvider, {
      taskQueue: point.taskQueue,
      workflowId: providerCheckWorkflowId(point.taskQueue),
    })
    .then(
      () => telling.seen.push('checked'),
      () => telling.seen.push('not checked'),
    );
};
