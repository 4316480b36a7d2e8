import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment, TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createAddressPoolActivities, type AddressPoolActivities } from '../../activities/address-pool.js';
import type { AllocateBlock, BlockAnswer, PoolReport } from '../../contract/pool.js';
import { findTestServer } from '../../local/binaries.js';
import { startTemporal } from '../../local/temporal.js';
import { workflowBundle } from './workflow-bundle.js';

/** Address pools alone, asked as a run asks them: by the activities, in a scope of its own for each test. */
export interface PoolWorld {
  readonly client: Client;
  allocate(scope: string, holder: string, order?: Partial<AllocateBlock>): Promise<BlockAnswer>;
  release(scope: string, holder: string, wasActive: boolean): Promise<void>;
  report(scope: string): Promise<PoolReport>;
  stop(): Promise<void>;
}

export interface SkippingPoolWorld extends PoolWorld {
  /** Lets Temporal's time pass. */
  sleep(ms: number): Promise<void>;
  /** Temporal's time, in ms since the epoch. */
  now(): Promise<number>;
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
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startTemporal({ searchAttributes: {} });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection });
  const worker = await runPools(native);
  return {
    client,
    ...callers(client, worker.taskQueue),
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
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = findTestServer();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: {
      executable:
        server.kind === 'path' ? { type: 'existing-path', path: server.path } : { type: 'cached-download' },
    },
  });
  const worker = await runPools(env.nativeConnection);
  return {
    client: env.client,
    ...callers(env.client, worker.taskQueue),
    sleep: (ms) => env.sleep(ms),
    now: () => env.currentTimeMs(),
    stop: async () => {
      await worker.stop();
      await env.teardown();
    },
  };
}

async function runPools(
  connection: NativeConnection,
): Promise<{ taskQueue: string; stop: () => Promise<void> }> {
  const taskQueue = `pools-${randomUUID()}`;
  const worker = await Worker.create({ connection, taskQueue, ...(await workflowBundle()) });
  const running = worker.run();
  return {
    taskQueue,
    stop: async () => {
      worker.shutdown();
      await running;
    },
  };
}

function callers(client: Client, taskQueue: string): Pick<PoolWorld, 'allocate' | 'release' | 'report'> {
  const activities = createAddressPoolActivities(taskQueue);
  const run = <T>(call: (activities: AddressPoolActivities) => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({}, { client, logger: QUIET }).run(() => call(activities));
  return {
    allocate: (scope, holder, order = {}) =>
      run((pool) =>
        pool.allocateBlock({
          scope,
          order: { holder, policy: POOL_POLICY, avoid: [], requested: null, ...order },
        }),
      ),
    release: (scope, holder, wasActive) =>
      run((pool) => pool.releaseBlock({ scope, order: { holder, wasActive } })),
    report: (scope) => run((pool) => pool.reportPool({ scope })),
  };
}
