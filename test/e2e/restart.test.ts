/** Everything of ours is down for three days of AWS's time; what the customers did meanwhile is acted on afterwards. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteVpcPeeringConnectionCommand, RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
import type { PeeringStatus } from '../../contract/status.js';
import { durationMs } from '../../domain/durations.js';
import type { PeeringState } from '../../domain/lifecycle.js';
import { credentialsFor } from '../../local/emulator.js';
import { startProcess, type SupervisedProcess } from '../../local/processes.js';
import { startTemporal, type TemporalServer } from '../../local/temporal.js';
import { WAIT_MS } from '../harness/bounds.js';
import { compiledProgram } from '../harness/compiled.js';
import { PROVIDER, startTestEmulator, type TestEmulator } from '../harness/emulator.js';
import { leftOf, newCustomerIn, STACK_START_MS, type StackCustomer } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { expectEnded, failureIn } from './ending.js';
import { outsideCallerAt, type OutsideCaller } from './outside-caller.js';

const DAY_MS = durationMs('1 day');

interface Asked {
  readonly customer: StackCustomer;
  readonly waiting: PeeringStatus;
  readonly peeringId: string;
}

interface Running {
  temporal: TemporalServer;
  worker: SupervisedProcess;
  client: Client;
  caller: OutsideCaller;
}

let directory: string;
let aws: TestEmulator;
const started: { stop(): Promise<void> }[] = [];

async function prepare(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  directory = await mkdtemp(join(tmpdir(), 'causeway-restart-'));
  aws = await startTestEmulator();
  const sample = JSON.parse(await readFile('causeway.config.json', 'utf8')) as Record<string, unknown>;
  const config = {
    ...sample,
    acceptance: { observeEvery: '2 seconds' },
    maintenance: { absentAfter: '4 seconds' },
  };
  await writeFile(join(directory, 'causeway.config.json'), JSON.stringify(config));
}

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
    args: [await compiledProgram('worker/main')],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: temporal.address,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      CAUSEWAY_CONFIG: join(directory, 'causeway.config.json'),
    },
    readyWhen: (line) => line.includes('worker ready'),
    readyTimeoutMs: WAIT_MS,
  });
  started.push(worker);
  const connection = await Connection.connect({ address: temporal.address });
  started.push({ stop: () => connection.close() });
  const caller = await outsideCallerAt(temporal.address);
  return { temporal, worker, caller, client: new Client({ connection }) };
}

/** As a machine that loses its power: nobody gets to say goodbye. */
async function kill({ temporal, worker }: Running): Promise<void> {
  worker.kill('SIGKILL');
  process.kill(temporal.pid, 'SIGKILL');
  await worker.exited;
  await temporal.stop();
}

function untilState(
  { client }: Running,
  { workflowId, state, round = 1 }: { workflowId: string; state: PeeringState; round?: number },
): Promise<PeeringStatus> {
  return until(`${workflowId} is ${state} in round ${round.toString()}`, async () => {
    const status = await client.workflow.getHandle(workflowId).query<PeeringStatus>('status');
    return status.state === state && status.round === round ? status : undefined;
  });
}

async function request(running: Running): Promise<Asked> {
  const customer = await newCustomerIn(aws.endpoint);
  await running.caller.start(customer);
  const waiting = await untilState(running, {
    workflowId: customer.provisionId,
    state: 'awaiting-acceptance',
  });
  return { customer, waiting, peeringId: waiting.peeringConnectionId ?? '' };
}

/** AWS's clock, so many days before the real one, which Temporal and the worker go by. */
async function awsDaysAgo(days: number): Promise<void> {
  await aws.control.setClock(new Date(Date.now() - days * DAY_MS));
}

/** Asked for 6.5 days before the outage: it expires in it, and more than two days pass after that. */
let forgotten: Asked;
let rejected: Asked;
let accepted: Asked;
/** Active before the outage; the customer deletes it in it. */
let deleted: Asked;
let after: Running;

beforeAll(async () => {
  await prepare();
  await awsDaysAgo(9.5);
  const before = await start();
  forgotten = await request(before);
  await awsDaysAgo(3);
  [rejected, accepted, deleted] = await Promise.all([request(before), request(before), request(before)]);
  await deleted.customer.aws.accept(deleted.peeringId);
  await untilState(before, { workflowId: deleted.customer.maintainId, state: 'active' });
  await kill(before);

  await rejected.customer.aws.ec2.send(
    new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: rejected.peeringId }),
  );
  await accepted.customer.aws.accept(accepted.peeringId);
  await deleted.customer.aws.ec2.send(
    new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: deleted.peeringId }),
  );
  await awsDaysAgo(0);
  after = await start();
}, 2 * STACK_START_MS);

afterAll(async () => {
  await Promise.all([...started.splice(0), aws].map((part) => part.stop()));
  await rm(directory, { recursive: true, force: true });
});

const notesOf = ({ history }: PeeringStatus): string[] => history.map(({ note }) => note);

describe('after three days without Temporal and worker', () => {
  it('a request that the customer accepted meanwhile is active, as it was asked for', async () => {
    const { customer, waiting, peeringId } = accepted;
    const active = await untilState(after, { workflowId: customer.maintainId, state: 'active' });
    expect(active).toMatchObject({ peeringConnectionId: peeringId, provider: waiting.provider });
  });

  it('a request that the customer rejected, and AWS forgot, is declined', async () => {
    const { customer } = rejected;
    const { provisionId: workflowId } = customer;
    const status = await untilState(after, { workflowId, state: 'declined' });
    expect(status.failure).toMatchObject({ code: 'PeeringDeclined', message: 'no longer shown by AWS' });
    const { caller } = after;
    expect(failureIn(await caller.cli('result', '--workflow-id', workflowId)).type).toBe('PeeringDeclined');
    await expectEnded({ world: aws, caller }, customer, { workflowId, state: 'declined' });
  });

  it('a request that expired, and AWS forgot, is not taken for declined but asked for again', async () => {
    const { customer, waiting, peeringId } = forgotten;
    const { provisionId: workflowId } = customer;
    const again = await untilState(after, { workflowId, state: 'awaiting-acceptance', round: 2 });
    expect(again.provider).toEqual(waiting.provider);
    expect(again.peeringConnectionId).not.toBe(peeringId);
    expect(notesOf(again).join('\n')).toContain('past its expiry and no longer shown by AWS');

    await customer.aws.accept(again.peeringConnectionId ?? '');
    await untilState(after, { workflowId: customer.maintainId, state: 'active', round: 2 });
  });

  it('a connection whose peering the customer deleted, and AWS forgot, is disconnected', async () => {
    const { customer } = deleted;
    const { maintainId: workflowId } = customer;
    const status = await untilState(after, { workflowId, state: 'disconnected' });
    expect(notesOf(status).join('\n')).toContain('no longer shown by AWS');
    await expectEnded({ world: aws, caller: after.caller }, customer, {
      workflowId,
      state: 'disconnected',
    });
  });

  it('nothing else was built or asked for', async () => {
    const { peerings } = await aws.control.inventory();
    const living = peerings.filter(({ status }) => status === 'active');
    expect(living.map(({ accepter }) => accepter.vpcId).sort()).toEqual(
      [accepted, forgotten].map(({ customer }) => customer.network.vpcId).sort(),
    );
    expect(peerings).toHaveLength(5);
    for (const { customer } of [accepted, forgotten]) {
      const ids = await leftOf(aws, customer);
      expect(ids.filter((id) => id.startsWith('vpc-'))).toHaveLength(1);
    }
  });
});
