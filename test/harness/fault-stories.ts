/** What connections go through. Together the stories call every activity there is; a test holds them to that. */
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  changeAccessUpdate,
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
} from '../../contract/messages.js';
import { maintainWorkflowId, providerCheckWorkflowId, WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { isEndState } from '../../domain/lifecycle.js';
import { ALL_TCP, findingsOf, latestStatus, type Agreed, type Findings } from './fault-invariants.js';
import type { FaultPoint, FaultWorld } from './fault-world.js';
import { until } from './stack.js';

/** How far the story of a point is: what comes after the customer's answer or a `close` is the taking down. */
export type Phase = 'connecting' | 'changing' | 'releasing';

export interface Telling {
  readonly world: FaultWorld;
  readonly point: FaultPoint;
  phase: Phase;
  /** What the connection has agreed to now. */
  agreed: Agreed;
  /** States it was seen in, in order. */
  readonly seen: string[];
  readonly findings: Findings;
  /** Called when the run says that it is parked; it is not called again. */
  onParked: ((status: PeeringStatus) => Promise<void>) | null;
}

export type Story = (telling: Telling) => Promise<void>;

const WITHIN_MS = 100_000;

export function tell(world: FaultWorld, point: FaultPoint): Telling {
  return {
    world,
    point,
    phase: 'connecting',
    agreed: { subnetCidrs: point.request.subnetCidrs, access: ALL_TCP },
    seen: [],
    findings: { violations: [], leaked: [] },
    onParked: null,
  };
}

/** Waits for a state, an end, or a parked run that somebody has to help. */
async function untilOneOf(telling: Telling, ...states: PeeringStatus['state'][]): Promise<PeeringStatus> {
  const { world, point } = telling;
  const status = await until(
    `${point.connection} is ${states.join(' or ')}, or has ended`,
    async () => {
      const now = await latestStatus(world.client, point);
      if (telling.seen.at(-1) !== now.state) telling.seen.push(now.state);
      if (now.state === 'parked' && telling.onParked !== null) {
        const help = telling.onParked;
        telling.onParked = null;
        await help(now);
      }
      return states.includes(now.state) || isEndState(now.state) ? now : undefined;
    },
    WITHIN_MS,
  );
  return status;
}

/** The invariants, now; what is wrong is kept for the end, so that the story goes on and takes down what it built. */
export async function look({ world, point, agreed, findings }: Telling): Promise<void> {
  const found = await findingsOf({
    client: world.client,
    control: world.control,
    points: [point],
    agreed: new Map([[point.connection, agreed]]),
  });
  findings.violations.push(...found.violations);
  findings.leaked.push(...found.leaked);
}

async function request({ world, point }: Telling): Promise<void> {
  await world.client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: point.taskQueue,
    workflowId: point.provisionId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [point.request],
  });
}

/** @returns whether it is up */
async function connect(telling: Telling): Promise<boolean> {
  const { world, point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state !== 'awaiting-acceptance') return false;
  await point.customer.accept(waiting.peeringConnectionId ?? '');
  await world.client.workflow.getHandle(point.provisionId).signal(customerAcceptedSignal, { by: 'alice' });
  return (await untilOneOf(telling, 'active')).state === 'active';
}

async function close(telling: Telling): Promise<void> {
  const { world, point } = telling;
  // The run that asked may still be about to end, and says so later than the connection itself.
  await until('the connection is kept', async () => {
    const { status } = await world.client.workflow.getHandle(maintainWorkflowId(point.connection)).describe();
    return status.name === 'RUNNING' ? true : undefined;
  });
  telling.phase = 'releasing';
  await world.client.workflow.getHandle(point.maintainId).signal(closeSignal, { by: 'bob' });
  await untilOneOf(telling);
}

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
  const { world, point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state === 'awaiting-acceptance') {
    telling.phase = 'releasing';
    await world.client.workflow.getHandle(point.provisionId).signal(customerDeclinedSignal, { by: 'alice' });
    await untilOneOf(telling);
  }
  await look(telling);
};

/** Another range and other ports, on a living connection. */
export const changeAccess: Story = async (telling) => {
  const { world, point } = telling;
  if (await connect(telling)) {
    telling.phase = 'changing';
    const subnetCidrs = [...point.request.subnetCidrs, '172.31.64.0/20'];
    const changed = await world.client.workflow
      .getHandle(point.maintainId)
      .executeUpdate(changeAccessUpdate, {
        args: [{ subnetCidrs, access: [{ protocol: 'tcp', ports: [5432] }] }],
      })
      .then(
        () => true,
        () => false,
      );
    if (changed) {
      telling.agreed = { subnetCidrs, access: [{ protocol: 'tcp', ports: [{ from: 5432, to: 5432 }] }] };
    }
    telling.seen.push(changed ? 'changed' : 'unchanged');
    await untilOneOf(telling, 'active');
    await look(telling);
    await close(telling);
  }
  await look(telling);
};

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
  const { world, point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state === 'awaiting-acceptance') {
    await point.customer.accept(waiting.peeringConnectionId ?? '');
    await observeUntilUp(telling);
    telling.phase = 'releasing';
    await close(telling);
  }
  await look(telling);
};

/** As its Schedule does: one look after the other, whatever became of the last. */
async function observeUntilUp(telling: Telling): Promise<void> {
  const { world, point } = telling;
  const { deployment } = point.settings.provider;
  const args = [{ region: point.request['providerRegion'], deployment }];
  await until(`${point.connection} is noticed`, async () => {
    await world.client.workflow
      .execute(WORKFLOW.observePeerings, {
        taskQueue: point.taskQueue,
        workflowId: `observe-peerings/${deployment}`,
        args,
      })
      .catch(() => telling.seen.push('not observed'));
    const { state } = await latestStatus(world.client, point);
    return state === 'active' || isEndState(state) ? true : undefined;
  });
  await untilOneOf(telling, 'active');
  await look(telling);
}

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

/** Whether a workflow of that id was ever started. */
export async function exists(world: FaultWorld, workflowId: string): Promise<boolean> {
  try {
    await world.client.workflow.getHandle(workflowId).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
