import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { createAddressPoolActivities, type AddressPoolActivities } from '../../activities/address-pool.js';
import { allocateUpdate, poolReportQuery } from '../../contract/messages.js';
import { poolWorkflowId } from '../../contract/names.js';
import type { AllocateBlock, BlockAnswer, BlockExplanation, PoolReport } from '../../contract/pool.js';
import { shardsOf, type Sharding } from '../../domain/addresses/shards.js';
import { DAY_MS } from '../../domain/durations.js';
import { logFrom } from './runtime.js';
import { lendTemporal } from './servers/lent.js';
import { startSkippingServer } from './skipping-server.js';
import { workflowBundle } from './workflow-bundle.js';

/** What one worker process asks of pools. */
export interface PoolCallers {
  allocate(scope: string, holder: string, order?: Wanted): Promise<BlockAnswer>;
  release(scope: string, holder: string, how: Given): Promise<void>;
  explain(scope: string, holder: string, order?: Wanted): Promise<BlockExplanation>;
  /** Of the scope's one pool, or of a shard. */
  report(scope: string, shard?: string): Promise<PoolReport>;
}

/** Address pools alone, asked as a run asks them: by the activities, in a scope of its own for each test. */
export interface PoolWorld extends PoolCallers {
  readonly client: Client;
  /** Callers that share no batch with others. */
  newProcess(): PoolCallers;
  stop(): Promise<void>;
}

export interface Wanted extends Partial<AllocateBlock> {
  readonly sharding?: Sharding;
  readonly customerScope?: string;
}

/** `wasActive` alone, or what else is to be said of a release; all shards are told unless it names some. */
export type Given =
  | boolean
  | {
      wasActive: boolean;
      quarantineMs?: number;
      policy?: AllocateBlock['policy'];
      shards?: string[];
      customerScope?: string;
    };

export interface SkippingPoolWorld extends PoolWorld {
  /** Lets Temporal's time pass. */
  sleep(ms: number): Promise<void>;
  /** Temporal's time, ms since the epoch. */
  now(): Promise<number>;
  /** Asks by an Update, as no run does: for another block in the place of one that may have carried traffic. */
  exchange(scope: string, holder: string, order: { avoid: string[]; wasActive: boolean }): Promise<void>;
}

/** What an allocation asks for unless a test says otherwise: /25s of one /16. */
export const POOL_POLICY: AllocateBlock['policy'] = {
  preferred: '10.200.0.0/25',
  prefixLength: 25,
  ranges: ['10.200.0.0/16'],
  reserved: [],
};

/** What is refused is asserted; a log of it would drown what went wrong. */
const QUIET = new DefaultLogger('ERROR');

export const newScope = (): string => `org-${randomUUID()}`;

/** On Temporal's dev server: its real histories, and as many callers at once as there are. */
export async function startPoolWorld(): Promise<PoolWorld> {
  logFrom('ERROR');
  const server = await lendTemporal();
  const { namespace } = server;
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection, namespace });
  const worker = await runPools(native, namespace);
  return {
    client,
    ...callers(client, worker.taskQueue),
    newProcess: () => callers(client, worker.taskQueue),
    stop: async () => {
      await worker.stop();
      await native.close();
      await connection.close();
      await server.stop();
    },
  };
}

/** On Temporal's time-skipping server. */
export async function startSkippingPoolWorld(): Promise<SkippingPoolWorld> {
  logFrom('ERROR');
  const env = await startSkippingServer();
  const worker = await runPools(env.nativeConnection);
  return {
    client: env.client,
    ...callers(env.client, worker.taskQueue),
    newProcess: () => callers(env.client, worker.taskQueue),
    sleep: (ms) => env.sleep(ms),
    now: () => env.currentTimeMs(),
    exchange: async (scope, holder, order) => {
      await env.client.workflow.getHandle(poolWorkflowId(scope)).executeUpdate(allocateUpdate, {
        args: [{ policies: [POOL_POLICY], orders: [{ holder, ...order }] }],
      });
    },
    stop: async () => {
      await worker.stop();
      await env.teardown();
    },
  };
}

async function runPools(
  connection: NativeConnection,
  namespace = 'default',
): Promise<{ taskQueue: string; stop: () => Promise<void> }> {
  const taskQueue = `pools-${randomUUID()}`;
  const worker = await Worker.create({ connection, namespace, taskQueue, ...(await workflowBundle()) });
  const running = worker.run();
  return {
    taskQueue,
    stop: async () => {
      worker.shutdown();
      await running;
    },
  };
}

function callers(client: Client, taskQueue: string): PoolCallers {
  const activities = createAddressPoolActivities(taskQueue);
  const run = <T>(call: (activities: AddressPoolActivities) => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({}, { client, logger: QUIET }).run(() => call(activities));
  return {
    allocate: (scope, holder, { sharding = 'none', customerScope, ...order } = {}) =>
      run((pool) =>
        pool.allocateBlock({
          scope,
          sharding,
          customerScope: customerScope ?? null,
          order: { holder, policy: POOL_POLICY, avoid: [], requested: null, ...order },
        }),
      ),
    release: (scope, holder, how) => {
      const {
        wasActive,
        quarantineMs = DAY_MS,
        policy,
        shards,
        customerScope,
      } = typeof how === 'boolean' ? { wasActive: how } : how;
      const all = policy === undefined ? [null] : shardsOf(policy, 'per-range').map(({ name }) => name);
      return run((pool) =>
        pool.releaseBlock({
          scope,
          shards: shards ?? all,
          customerScope: customerScope ?? null,
          order: { holder, wasActive, quarantineMs },
        }),
      );
    },
    explain: (
      scope,
      holder,
      { sharding = 'none', customerScope, policy = POOL_POLICY, requested = null } = {},
    ) =>
      run((pool) =>
        pool.explainBlock({
          scope,
          sharding,
          customerScope: customerScope ?? null,
          inquiry: { holder, policy, avoid: [], requested },
          now: Date.now(),
          naming: false,
        }),
      ),
    report: (scope, shard) => client.workflow.getHandle(poolWorkflowId(scope, shard)).query(poolReportQuery),
  };
}
