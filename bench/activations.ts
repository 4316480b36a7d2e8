import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type InjectedSinks,
} from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';
import { startTemporal } from '../local/temporal.js';
import { WORKFLOW_SOURCE } from '../worker/workflow-code.js';
import type { ActivationSinks } from './activation-timer.js';
import { longHistories, type LongHistory } from './long-histories.js';
import type { Benchmark, Figure } from './report.js';
import { summary } from './rounds.js';

/** Default of the SDK's `isolateExecutionTimeout`. */
const SDK_LIMIT_MS = 5_000;
const ROUNDS = 5;
const MOST_BYTES = 64 * 1024 * 1024;

export const activations: Benchmark = {
  description: 'the longest history that each workflow may have, replayed from its first event',
  async run() {
    const logger = new DefaultLogger('ERROR');
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
    const server = await startTemporal({
      searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, 'Keyword'])),
    });
    const connection = await Connection.connect({
      address: server.address,
      // A page of a pool's history, with hundreds of orders in each update, is larger than gRPC takes by itself.
      channelArgs: { 'grpc.max_receive_message_length': MOST_BYTES },
    });
    const native = await NativeConnection.connect({ address: server.address });
    try {
      const workflowBundle = await bundleWorkflowCode({ ...TIMED_SOURCE, logger });
      const figures: Figure[] = [];
      for await (const long of longHistories({ client: new Client({ connection }), native })) {
        figures.push(...(await replayed(long, workflowBundle)));
      }
      return { figures, compared: ['@temporalio/worker', '@temporalio/workflow'], setting: SETTING };
    } finally {
      await native.close();
      await connection.close();
      await server.stop();
    }
  },
};

const SETTING = [
  `each history as Temporal's dev server has it, up to the event with which the run goes on as new; ${ROUNDS.toString()} replays of each`,
  `replay: all of it, by a worker that is made for it; longest activation: inside the isolate, of the SDK's limit of ${SDK_LIMIT_MS.toString()} ms`,
].join('\n');

const TIMED_SOURCE = {
  workflowsPath: WORKFLOW_SOURCE.workflowsPath,
  workflowInterceptorModules: [
    fileURLToPath(new URL('./activation-timer.ts', import.meta.url)),
    ...WORKFLOW_SOURCE.workflowInterceptorModules,
  ],
};

async function replayed(
  { name, workflowId, history }: LongHistory,
  workflowBundle: { code: string },
): Promise<Figure[]> {
  const totals: number[] = [];
  const longest: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let most = 0;
    const sinks: InjectedSinks<ActivationSinks> = {
      activations: {
        took: {
          fn: (_info, ms) => {
            most = Math.max(most, ms);
          },
          callDuringReplay: true,
        },
      },
    };
    const start = performance.now();
    await Worker.runReplayHistory({ workflowBundle, sinks }, history, workflowId);
    totals.push(performance.now() - start);
    longest.push(most);
  }
  const events = (history.events ?? []).length;
  process.stderr.write(`${name}: ${events.toString()} events\n`);
  const activation = figure(`${name}: longest activation`, longest);
  const share = (100 * activation.median) / SDK_LIMIT_MS;
  return [
    { ...figure(`${name}: replay`, totals), note: `${events.toString()} events` },
    {
      ...activation,
      target: { atMost: SDK_LIMIT_MS / 10 },
      note: `${share.toFixed(1)} % of the SDK's limit`,
    },
  ];
}

function figure(name: string, measured: readonly number[]): Figure {
  return { name, unit: 'ms', ...summary(measured, (a, b) => a - b), rounds: measured.length };
}
