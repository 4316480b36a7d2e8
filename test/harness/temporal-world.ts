import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { createWorker } from '../../worker/create-worker.js';
import { logFrom } from './runtime.js';
import { lendTemporal } from './servers/lent.js';
import { workflowBundle } from './workflow-bundle.js';

/** A namespace of Temporal's dev server for one test file, and a client of it. */
export interface TemporalWorld {
  readonly client: Client;
  /** In which a command line or a worker finds it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Starts a workflow that nobody carries out: it is there, is signalled, and ends when it is terminated. */
  startIdle(workflowId: string): Promise<void>;
  /** Names of the signals its history holds, in order. */
  signalsOf(workflowId: string): Promise<string[]>;
  /** Runs the real workflows on that task queue until `stop`. */
  startWorker(taskQueue: string, activities: Activities): Promise<void>;
  stop(): Promise<void>;
}

export async function startTemporalWorld(): Promise<TemporalWorld> {
  logFrom('WARN');
  const server = await lendTemporal();
  const { namespace } = server;
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace });
  const endings: (() => Promise<void>)[] = [];
  return {
    client,
    environment: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: namespace },
    startIdle: async (workflowId) => {
      await client.workflow.start('anything', { taskQueue: `nobody-${randomUUID()}`, workflowId });
    },
    signalsOf: async (workflowId) => {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      return (events ?? []).flatMap(
        (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
      );
    },
    startWorker: async (taskQueue, activities) => {
      const native = await NativeConnection.connect({ address: server.address });
      const worker = await createWorker({
        connection: native,
        namespace,
        taskQueue,
        deployment: null,
        workflows: await workflowBundle(),
        activities,
        tuning: { shutdownGraceTime: '1 second', stickyQueueScheduleToStartTimeout: '1 second' },
      });
      const running = worker.run();
      endings.push(async () => {
        worker.shutdown();
        await running;
        await native.close();
      });
    },
    stop: async () => {
      for (const end of endings.splice(0)) await end();
      await connection.close();
      await server.stop();
    },
  };
}
