/** Everything of ours dies while a request waits; the customer accepts meanwhile; all of it starts anew. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { connectionName, maintainWorkflowId, provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
import type { PeeringStatus } from '../../contract/status.js';
import { credentialsFor } from '../../local/emulator.js';
import { startProcess, type SupervisedProcess } from '../../local/processes.js';
import { SampleCustomer } from '../../local/sample-customer.js';
import { startTemporal, type TemporalServer } from '../../local/temporal.js';
import { CUSTOMER, PROVIDER, startTestEmulator, type TestEmulator } from '../harness/emulator.js';
import { STACK_START_MS, until } from '../harness/stack.js';

const REGION = 'eu-central-1';

interface Running {
  temporal: TemporalServer;
  worker: SupervisedProcess;
  client: Client;
}

let directory: string;
let aws: TestEmulator;
const started: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-restart-'));
  aws = await startTestEmulator();
  const sample = JSON.parse(await readFile('causeway.config.json', 'utf8')) as Record<string, unknown>;
  const config = { ...sample, acceptance: { observeEvery: '2 seconds' } };
  await writeFile(join(directory, 'causeway.config.json'), JSON.stringify(config));
}, STACK_START_MS);

afterEach(async () => {
  await Promise.all([...started.splice(0), aws].map((part) => part.stop()));
  await rm(directory, { recursive: true, force: true });
});

/** Temporal with its state in a file, and a worker process. */
async function start(): Promise<Running> {
  const temporal = await startTemporal({
    dbFilename: join(directory, 'temporal.db'),
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, 'Keyword'])),
  });
  started.push(temporal);
  const { accessKeyId, secretAccessKey } = credentialsFor(PROVIDER);
  const worker = await startProcess({
    name: 'worker',
    command: process.execPath,
    args: ['--import', 'tsx', 'worker/main.ts'],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: temporal.address,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      CAUSEWAY_CONFIG: join(directory, 'causeway.config.json'),
    },
    readyWhen: (line) => line.includes('worker ready'),
    readyTimeoutMs: 90_000,
  });
  started.push(worker);
  const connection = await Connection.connect({ address: temporal.address });
  started.push({ stop: () => connection.close() });
  return { temporal, worker, client: new Client({ connection }) };
}

/** As a machine that loses its power: nobody gets to say goodbye. */
async function kill({ temporal, worker }: Running): Promise<void> {
  worker.kill('SIGKILL');
  process.kill(temporal.pid, 'SIGKILL');
  await worker.exited;
  await temporal.stop();
}

it(
  'a request survives the end of Temporal and worker, and an acceptance while both are down is noticed',
  async () => {
    const customer = new SampleCustomer(aws.endpoint, CUSTOMER, REGION);
    const { vpcId } = await customer.createNetwork({ name: 'Acme', cidr: '172.31.0.0/16', subnetCidrs: [] });
    const request = {
      customerName: 'Acme',
      organizationId: 'org-42',
      awsAccountId: CUSTOMER,
      region: REGION,
      vpcId,
      subnetCidrs: ['172.31.0.0/20'],
    };
    const connection = connectionName(request);

    const before = await start();
    await before.client.workflow.start(WORKFLOW.provisionPeering, {
      workflowId: provisionWorkflowId(connection),
      taskQueue: 'causeway',
      args: [request],
    });
    const waiting = await until('the request waits', async () => {
      const status = await before.client.workflow
        .getHandle(provisionWorkflowId(connection))
        .query<PeeringStatus>('status');
      return status.state === 'awaiting-acceptance' ? status : undefined;
    });
    await kill(before);
    await customer.accept(waiting.peeringConnectionId ?? '');

    const after = await start();
    const active = await until('the connection is active', async () => {
      const status = await after.client.workflow
        .getHandle(maintainWorkflowId(connection))
        .query<PeeringStatus>('status');
      return status.state === 'active' ? status : undefined;
    });
    expect(active).toMatchObject({
      peeringConnectionId: waiting.peeringConnectionId,
      provider: waiting.provider,
    });
    const { regions, peerings } = await aws.control.inventory();
    expect(regions.filter(({ account }) => account === PROVIDER).flatMap(({ vpcs }) => vpcs)).toHaveLength(1);
    expect(peerings.map(({ status }) => status)).toEqual(['active']);
  },
  2 * STACK_START_MS,
);
