import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import type { EndedPeering } from '../contract/ended-peering.js';
import {
  allocateUpdate,
  customerAcceptedSignal,
  endedSignal,
  peeringObservedSignal,
  statusQuery,
} from '../contract/messages.js';
import {
  connectionName,
  endedPeeringWorkflowId,
  maintainWorkflowId,
  poolWorkflowId,
  provisionWorkflowId,
  WORKFLOW,
} from '../contract/names.js';
import type { PoolBatch } from '../contract/pool.js';
import { isEndState, type PeeringState } from '../domain/lifecycle.js';
import { addressPolicyOf } from '../domain/plan.js';
import { parseSettings, type WorkerSettings } from '../domain/settings.js';
import { createWorker } from '../worker/create-worker.js';
import { WORKFLOW_SOURCE } from '../worker/workflow-code.js';
import { activitiesWithoutAws } from './stand-in-aws.js';

/** A history that ends as its run goes on as new. */
export interface LongHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
}

interface Server {
  readonly client: Client;
  readonly native: NativeConnection;
}

const TASK_QUEUE = 'bench-activations';
/** Just below the server's limit for one execution. */
const FLOOD = 9_900;
const AT_ONCE = 40;
/** Orders in one update, the most that a worker combines. */
const BATCH = 256;
const POLL_MS = 20;
const WITHIN_MS = 600_000;

/** Each workflow that lives long: flooded while no worker runs, and with messages that come one by one. */
export async function* longHistories(server: Server): AsyncGenerator<LongHistory> {
  const accepted = requestOf('accepted');
  const waiting = requestOf('waiting');
  const ids = {
    provisionPeering: provisionWorkflowId(connectionName(waiting)),
    maintainPeering: maintainWorkflowId(connectionName(accepted)),
    endedPeering: endedPeeringWorkflowId(connectionName(requestOf('ended'))),
  };
  const { client } = server;
  const floods = await withWorker(server, async () => {
    await start(client, accepted);
    await until(client.workflow.getHandle(ids.maintainPeering), 'active');
    await start(client, waiting);
    await until(client.workflow.getHandle(ids.provisionPeering), 'awaiting-acceptance');
    return floodsOf(await startEnded(client));
  });
  for (const { name, send } of floods) {
    const run = await currentRun(client, ids[name]);
    yield await withWorker(server, () =>
      grown(`${name}, one by one`, { client, run, meanwhile: () => send(run) }),
    );
  }
  yield await withWorker(server, () => poolHistory(client));
  for (const { name, send } of floods) {
    const run = await currentRun(client, ids[name]);
    await atOnce(FLOOD, () => send(run));
    yield await withWorker(server, () =>
      grown(`${name}, ${FLOOD.toString()} at once`, { client, run, meanwhile: () => delay(POLL_MS) }),
    );
  }
}

interface Flood {
  readonly name: 'provisionPeering' | 'maintainPeering' | 'endedPeering';
  readonly send: (run: WorkflowHandle) => Promise<void>;
}

function floodsOf(end: EndedPeering): Flood[] {
  return [
    { name: 'provisionPeering', send: (run) => run.signal(customerAcceptedSignal, { by: 'bench' }) },
    { name: 'maintainPeering', send: (run) => run.signal(peeringObservedSignal, { status: 'active' }) },
    { name: 'endedPeering', send: (run) => run.signal(endedSignal, end) },
  ];
}

function requestOf(
  organizationId: string,
): Record<string, unknown> & { organizationId: string; vpcId: string } {
  return {
    customerName: 'Bench',
    organizationId,
    awsAccountId: '444455556666',
    region: 'eu-west-1',
    vpcId: 'vpc-00000000000000001',
    subnetCidrs: ['172.31.0.0/20'],
  };
}

function settings(): WorkerSettings {
  const parsed = parseSettings(
    { provider: { accountId: '111122223333', regions: ['eu-west-1'] }, addresses: { uniqueness: 'global' } },
    'bench',
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.settings;
}

/** The request of the organization `waiting` is never accepted, and that of `ended` is declined by the customer. */
function activities(): Activities {
  const real = activitiesWithoutAws(settings(), TASK_QUEUE);
  const statusOf = { waiting: 'pending-acceptance', ended: 'rejected' } as const;
  const asked = new Map<string, 'pending-acceptance' | 'rejected'>();
  return {
    ...real,
    ensurePeeringConnection: async (input) => {
      const peering = await real.ensurePeeringConnection(input);
      const organization = input.owner.connection.split('/')[0] ?? '';
      if (organization === 'waiting' || organization === 'ended') {
        asked.set(peering.vpcPeeringConnectionId, statusOf[organization]);
      }
      return peering;
    },
    describePeeringConnection: async (input) => {
      const peering = await real.describePeeringConnection(input);
      return { ...peering, status: asked.get(peering.vpcPeeringConnectionId) ?? peering.status };
    },
  };
}

/** One set for all workers: what was asked for is remembered in it. */
const ACTIVITIES = activities();

async function withWorker<T>({ native }: Server, work: () => Promise<T>): Promise<T> {
  const worker = await createWorker({
    connection: native,
    namespace: 'default',
    taskQueue: TASK_QUEUE,
    activities: ACTIVITIES,
    workflows: { source: WORKFLOW_SOURCE },
    deployment: null,
    tuning: { stickyQueueScheduleToStartTimeout: '1 second', shutdownGraceTime: '1 second' },
  });
  return worker.runUntil(work);
}

async function start(client: Client, request: ReturnType<typeof requestOf>): Promise<WorkflowHandle> {
  const workflowId = provisionWorkflowId(connectionName(request));
  await client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: TASK_QUEUE,
    workflowId,
    args: [request],
  });
  return client.workflow.getHandle(workflowId);
}

async function startEnded(client: Client): Promise<EndedPeering> {
  const run = await start(client, requestOf('ended'));
  await run.result().catch(() => undefined);
  const { runId } = await run.describe();
  return { status: await run.query(statusQuery), workflowId: run.workflowId, runId };
}

async function until(run: WorkflowHandle, state: PeeringState): Promise<void> {
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline;) {
    const status = await run.query(statusQuery).catch(() => null);
    if (status?.state === state) return;
    if (status !== null && isEndState(status.state)) throw new Error(`${run.workflowId} is ${status.state}`);
    await delay(POLL_MS);
  }
  throw new Error(`${run.workflowId} is not ${state}`);
}

async function currentRun(client: Client, workflowId: string): Promise<WorkflowHandle> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  return client.workflow.getHandle(workflowId, runId);
}

/** Does it again and again, until the run has gone on as new. */
async function grown(
  name: string,
  { client, run, meanwhile }: { client: Client; run: WorkflowHandle; meanwhile: () => Promise<unknown> },
): Promise<LongHistory> {
  const { workflowId } = run;
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline;) {
    const isOver = (await client.workflow.getHandle(workflowId).describe()).runId !== runId;
    if (isOver) return { name, workflowId, history: await run.fetchHistory() };
    // The run may go on as new at any moment: what is sent to the old one is then refused.
    await meanwhile().catch(() => undefined);
  }
  throw new Error(`${workflowId} never goes on as new`);
}

/** Of a pool that is asked for the most blocks that one update may ask for, again and again. */
async function poolHistory(client: Client): Promise<LongHistory> {
  const workflowId = poolWorkflowId('bench');
  await client.workflow.start(WORKFLOW.cidrPool, { taskQueue: TASK_QUEUE, workflowId, args: [] });
  const run = await currentRun(client, workflowId);
  const policies = [addressPolicyOf(settings())];
  let asked = 0;
  const batch = (): PoolBatch => ({
    policies,
    orders: Array.from({ length: BATCH }, () => ({ holder: `holder-${(asked += 1).toString()}`, avoid: [] })),
  });
  const meanwhile = (): Promise<unknown> => run.executeUpdate(allocateUpdate, { args: [batch()] });
  return grown(`cidrPool, ${BATCH.toString()} blocks an update`, { client, run, meanwhile });
}

async function atOnce(count: number, send: () => Promise<void>): Promise<void> {
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < count) {
      sent += 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}
