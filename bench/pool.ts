import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createAddressPoolActivities } from '../activities/address-pool.js';
import type { BlockAnswer } from '../contract/pool.js';
import { poolWorkflowId } from '../contract/names.js';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import { parseSettings, type WorkerSettings } from '../domain/settings.js';
import { startTemporal } from '../local/temporal.js';
import { createWorker } from '../worker/create-worker.js';
import { WORKFLOW_SOURCE } from '../worker/workflow-code.js';
import { provisionAtOnce } from './provision-at-once.js';
import type { Benchmark, Figure, Measured } from './report.js';
import { summary } from './rounds.js';
import { activitiesWithoutAws } from './stand-in-aws.js';

const TASK_QUEUE = 'bench-pool';
const POLICY: AddressPolicy = {
  preferred: '10.0.0.0/25',
  prefixLength: 25,
  ranges: ['10.0.0.0/8'],
  reserved: [],
};

/** Allocations by so many callers, each of which asks for the next one when it has its answer. */
const LOADS = [
  { callers: 8, allocations: 2_000 },
  { callers: 40, allocations: 8_000 },
  { callers: 400, allocations: 16_000 },
] as const;
/** The first one warms up. */
const ROUNDS = 4;
const REQUESTS_AT_ONCE = 1_000;

export const pool: Benchmark = {
  description: "one pool on Temporal's dev server: durable allocations a second, and 1,000 requests at once",
  async run() {
    // The stand-in for an activity's context leaves its listeners behind.
    setMaxListeners(0);
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const server = await startTemporal({
      searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, 'Keyword'])),
    });
    const connection = await Connection.connect({ address: server.address });
    const native = await NativeConnection.connect({ address: server.address });
    const client = new Client({ connection });
    const worker = await createWorker({
      connection: native,
      namespace: 'default',
      taskQueue: TASK_QUEUE,
      activities: activitiesWithoutAws(globalSettings(), TASK_QUEUE),
      workflows: { source: WORKFLOW_SOURCE },
      deployment: null,
    });
    const running = worker.run();
    try {
      return await measure(client);
    } finally {
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
      await server.stop();
    }
  },
};

function globalSettings(): WorkerSettings {
  const parsed = parseSettings(
    {
      provider: { accountId: '111122223333', regions: ['us-east-1', 'eu-west-1'] },
      addresses: { uniqueness: 'global' },
    },
    'bench',
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.settings;
}

async function measure(client: Client): Promise<Measured> {
  const violations: string[] = [];
  const rates = new Map<number, Figure>();
  let historyBytes = 0;
  for (const { callers, allocations } of LOADS) {
    const measured: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = await allocateBy(client, callers, allocations);
      violations.push(...one.violations);
      say(`${callers} callers, round ${round + 1} of ${ROUNDS}: ${Math.round(one.ms)} ms`);
      if (round > 0) measured.push((allocations / one.ms) * 1_000);
      if (allocations === 16_000) historyBytes = Math.max(historyBytes, one.historyBytes);
    }
    rates.set(callers, rateFigure(callers, measured));
  }
  say(`${REQUESTS_AT_ONCE} requests at once; this takes minutes`);
  const atOnce = await provisionAtOnce(client, REQUESTS_AT_ONCE, TASK_QUEUE);
  violations.push(...atOnce.violations);
  const [few, many] = [rates.get(8), rates.get(400)];
  const figures = [
    ...rates.values(),
    single('rate with 400 callers to that with 8', {
      unit: 'ratio',
      value: (many?.median ?? 0) / (few?.median ?? 1),
      target: { atLeast: 1 },
    }),
    single('histories of 16,000 allocations', {
      unit: 'bytes',
      value: historyBytes,
      target: { atMost: 2_500_000 },
    }),
    single('1,000 provisionPeering at once', { unit: 'ms', value: atOnce.ms }),
    single('errors, lost blocks, blocks given twice', {
      unit: 'count',
      value: violations.length,
      target: { atMost: 0 },
    }),
  ];
  return { figures, compared: ['@temporalio/client', '@temporalio/worker'], setting: SETTING, violations };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const SETTING = [
  "Temporal's dev server in memory; server, worker and callers share the machine",
  'callers: activities of one process, each asking for a block of 10.0.0.0/8, a /25, for a holder of 58 characters,',
  '  avoiding one customer range of its own; a pool of its own for each round',
  'histories: of all executions of the pool, continue-as-new included, the largest of the rounds',
  '1,000 provisionPeering: one pool for all, AWS replaced by stand-ins that answer at once',
].join('\n');

interface Load {
  readonly ms: number;
  readonly historyBytes: number;
  readonly violations: string[];
}

async function allocateBy(client: Client, callers: number, allocations: number): Promise<Load> {
  const scope = `bench-${randomUUID()}`;
  const activities = createAddressPoolActivities(TASK_QUEUE);
  const blocks = new Set<string>();
  const violations: string[] = [];
  let next = 0;
  const call = async (): Promise<void> => {
    const environment = new MockActivityEnvironment({}, { client });
    for (let index = next++; index < allocations; index = next++) {
      const holder = `${randomUUID()}/vpc-${index.toString(16).padStart(17, '0')}`;
      const avoid = [`10.${(index >> 7) & 255}.${(index * 2) & 255}.0/24`];
      try {
        const { cidr } = await environment.run((): Promise<BlockAnswer> =>
          activities.allocateBlock({
            scope,
            sharding: 'none',
            customerScope: null,
            order: { holder, policy: POLICY, avoid, requested: null },
          }),
        );
        if (cidr === null || blocks.has(cidr)) violations.push(`${holder} got ${cidr ?? 'nothing'}`);
        else blocks.add(cidr);
      } catch (error) {
        violations.push(`${holder}: ${String(error)}`);
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const ms = performance.now() - start;
  return { ms, historyBytes: await historyBytesOf(client, scope), violations };
}

/** From run to run: a run that continued as new names the next one in its last event. */
async function historyBytesOf(client: Client, scope: string): Promise<number> {
  const workflowId = poolWorkflowId(scope);
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  let bytes = 0;
  let runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  while (runId !== '') {
    const run = client.workflow.getHandle(workflowId, runId);
    const { historySize, status } = await run.describe();
    bytes += historySize ?? 0;
    const last = status.name === 'CONTINUED_AS_NEW' ? (await run.fetchHistory()).events?.at(-1) : undefined;
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
  }
  return bytes;
}

function rateFigure(callers: number, measured: number[]): Figure {
  return {
    name: `${callers} callers`,
    unit: 'allocations/s',
    ...summary(measured, (a, b) => b - a),
    rounds: measured.length,
    ...(callers === 400 ? { target: { atLeast: 8_000 } } : {}),
  };
}

function single(
  name: string,
  { unit, value, target }: { unit: string; value: number; target?: Figure['target'] },
): Figure {
  return { name, unit, best: value, median: value, rounds: 1, ...(target === undefined ? {} : { target }) };
}
