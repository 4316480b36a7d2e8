/** How a story is told: what is done to a connection, what is seen of it, and what is found wrong. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { closeSignal, customerAcceptedSignal } from '../../contract/messages.js';
import { WORKFLOW } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { isEndState } from '../../domain/lifecycle.js';
import { bound } from './bounds.js';
import { ALL_TCP, findingsOf, type Agreed, type Findings } from './fault-invariants.js';
import { latestStatus } from './fault-questions.js';
import type { FaultPoint, FaultWorld } from './fault-world.js';
import { until } from './until.js';

/** How far the story of a point is: what comes after the customer's answer or a `close` is the taking down. */
export type Phase = 'connecting' | 'keeping' | 'releasing';

export interface Telling {
  readonly world: FaultWorld;
  readonly point: FaultPoint;
  phase: Phase;
  /** What the connection has agreed to now. */
  agreed: Agreed;
  /** States it was seen in, in order. */
  readonly seen: string[];
  /** The last word on it. */
  last: PeeringStatus | null;
  readonly findings: Findings;
  /** Called at every look at a run that is parked. */
  onParked: ((status: PeeringStatus) => Promise<void>) | null;
  /** How long each step of the story may take, in milliseconds. */
  readonly withinMs: number;
}

export type Story = (telling: Telling) => Promise<void>;

/** For what may hang: a step of a story takes seconds, with every call of it going wrong a minute. */
const WITHIN_MS = bound(300_000);

const LINES_OF_HISTORY = 12;

export function tell(world: FaultWorld, point: FaultPoint, withinMs = WITHIN_MS): Telling {
  return {
    world,
    point,
    phase: 'connecting',
    agreed: { subnetCidrs: point.request.subnetCidrs, access: point.access ?? ALL_TCP },
    seen: [],
    last: null,
    findings: { states: [], violations: [], leaked: [] },
    onParked: null,
    withinMs,
  };
}

/** Looks at the run; where it is parked, it is helped. */
export async function glance(telling: Telling): Promise<PeeringStatus> {
  const { world, point } = telling;
  const now = await latestStatus(world.client, point);
  telling.last = now;
  if (telling.seen.at(-1) !== now.state) telling.seen.push(now.state);
  if (now.state === 'parked') await telling.onParked?.(now);
  return now;
}

/** Waits for a state or an end. */
export function untilOneOf(telling: Telling, ...states: PeeringStatus['state'][]): Promise<PeeringStatus> {
  return until(
    `${telling.point.connection} is ${states.join(' or ')}, or has ended`,
    async () => {
      const now = await glance(telling);
      return states.includes(now.state) || isEndState(now.state) ? now : undefined;
    },
    telling.withinMs,
  );
}

/** Where something is wrong, what the run said last besides. */
export function withHistory(problems: readonly string[], { last, seen }: Telling): string[] {
  if (problems.length === 0 || last === null) return [...problems];
  const notes = last.history.slice(-LINES_OF_HISTORY).map(({ state, note }) => `${state}: ${note}`);
  return [...problems, `seen: ${seen.join(', ')}`, `history: ${notes.join('; ')}`];
}

/** The invariants, now; what is wrong is kept for the end, so that the story goes on and takes down what it built. */
export async function look(telling: Telling): Promise<void> {
  const found = await findingsNow(telling);
  telling.findings.violations.push(...found.violations);
  telling.findings.leaked.push(...found.leaked);
}

/** Up, by one look, with nothing missing and nothing too much. */
export async function isUpAsAgreed(telling: Telling): Promise<boolean> {
  const { states, violations } = await findingsNow(telling);
  return states.every((state) => state === 'active') && violations.length === 0;
}

function findingsNow({ world, point, agreed }: Telling): Promise<Findings> {
  return findingsOf({
    client: world.client,
    control: world.control,
    points: [point],
    agreed: new Map([[point.connection, agreed]]),
  });
}

export async function request({ world, point }: Telling): Promise<void> {
  await world.client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: point.taskQueue,
    workflowId: point.provisionId,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [point.request],
  });
}

/** A customer who is not shown the request yet tries again. */
export async function acceptInAws({ customer }: FaultPoint, peeringConnectionId: string): Promise<void> {
  await until('the customer could accept', async () => {
    await customer.accept(peeringConnectionId);
    return true;
  });
}

/** @returns whether it is up */
export async function connect(telling: Telling): Promise<boolean> {
  const { world, point } = telling;
  await request(telling);
  const waiting = await untilOneOf(telling, 'awaiting-acceptance');
  if (waiting.state !== 'awaiting-acceptance') return false;
  await acceptInAws(point, waiting.peeringConnectionId ?? '');
  await world.client.workflow.getHandle(point.provisionId).signal(customerAcceptedSignal, { by: 'alice' });
  return (await untilOneOf(telling, 'active')).state === 'active';
}

/** The run that asked says that it is up a moment before another one keeps it. */
export async function untilKept({ world, point, withinMs }: Telling): Promise<void> {
  await until(
    'the connection is kept',
    async () => {
      const { status } = await world.client.workflow.getHandle(point.maintainId).describe();
      return status.name === 'RUNNING' ? true : undefined;
    },
    withinMs,
  );
}

/** A run that has said its last word may still have something to do. */
export async function untilOver({ world, point, withinMs }: Telling): Promise<void> {
  for (const workflowId of [point.provisionId, point.maintainId]) {
    await until(
      `${workflowId} is over`,
      async () => {
        const execution = await world.client.workflow
          .getHandle(workflowId)
          .describe()
          .catch((error: unknown) => {
            if (error instanceof WorkflowNotFoundError) return undefined;
            throw error;
          });
        return execution?.status.name === 'RUNNING' ? undefined : true;
      },
      withinMs,
    );
  }
}

/** One that has ended already, under the faults, is left. */
export async function close(telling: Telling): Promise<void> {
  const { world, point, last } = telling;
  if (last !== null && isEndState(last.state)) return;
  await untilKept(telling);
  telling.phase = 'releasing';
  await world.client.workflow.getHandle(point.maintainId).signal(closeSignal, { by: 'bob' });
  await untilOneOf(telling);
}
