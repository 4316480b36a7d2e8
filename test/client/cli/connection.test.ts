import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { CausewayClient } from '../../../client/causeway-client.js';
import { isRevoked, openLink } from '../../../client/links/customer-link.js';
import { observeScheduleId } from '../../../contract/names.js';
import type { PeeringPlan } from '../../../contract/plan.js';
import type { PeeringStatus } from '../../../contract/status.js';
import type { LinkKeys } from '../../../domain/keys-file.js';
import { CUSTOMER_ACCOUNT, PROVIDER_ACCOUNT } from '../../../local/accounts.js';
import { SampleCustomer, type SampleNetwork } from '../../../local/sample-customer.js';
import type { LocalStack } from '../../../local/stack.js';
import { leftovers } from '../../../local/leftovers.js';
import { startTestStack } from '../../harness/stack.js';
import { until } from '../../harness/until.js';
import { causeway, causewayRefused, documentOf, type Ended } from './command-line.js';

const REGION = 'eu-central-1';

let stack: LocalStack;
let customer: SampleCustomer;
let network: SampleNetwork;
let connection: Connection;
let client: CausewayClient;

beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  stack = await startTestStack('2 seconds');
  customer = new SampleCustomer(stack.emulator.endpoint, CUSTOMER_ACCOUNT, REGION);
  network = await customer.createNetwork({
    name: 'Acme',
    cidr: '172.31.0.0/16',
    subnetCidrs: ['172.31.0.0/20'],
  });
  connection = await Connection.connect({ address: stack.temporal.address });
  client = new CausewayClient(new Client({ connection, namespace: stack.namespace }));
});
afterAll(async () => {
  await connection.close();
  await stack.stop();
});

const run = (...args: string[]): Promise<Ended> => causeway(args, { env: stack.environment });
const refused = (...args: string[]): Promise<{ status: number | null; line: string }> =>
  causewayRefused(args, { env: stack.environment });

function requestText(wanted: Record<string, unknown> = {}): string {
  return JSON.stringify({
    customerName: 'Acme \u6771\u4eac',
    organizationId: 'org-42',
    awsAccountId: CUSTOMER_ACCOUNT,
    region: REGION,
    vpcId: network.vpcId,
    subnetCidrs: network.subnetCidrs,
    vpcCidrs: [network.cidr],
    access: [{ protocol: 'tcp', ports: [5432, '8000-8100'] }],
    ...wanted,
  });
}

const withRequest = (args: string[], wanted?: Record<string, unknown>): Promise<Ended> =>
  causeway([...args, '--file', '-'], { env: stack.environment, input: requestText(wanted) });

/** Asked without the command line, which takes a second to start. */
const statusNow = (): Promise<PeeringStatus> =>
  client.status({ organizationId: 'org-42', vpcId: network.vpcId });

const untilState = (state: PeeringStatus['state']): Promise<PeeringStatus> =>
  until(`it is ${state}`, async () => {
    const status = await statusNow();
    return status.state === state ? status : undefined;
  });

interface Diagnosis {
  ok: boolean;
  checks: { name: string; ok: boolean | null; detail: string; next: string | null }[];
}

describe('before there is a worker', () => {
  it('doctor says so and what to do, and has found the rest well', async () => {
    const { status, stdout, stderr } = await run('doctor', '--json');
    const { ok, checks } = JSON.parse(stdout) as Diagnosis;
    const of = (name: string): Diagnosis['checks'][number] | undefined =>
      checks.find((check) => check.name === name);
    expect(ok).toBe(false);
    expect(of('temporal')?.ok).toBe(true);
    expect(of('search attributes')?.ok).toBe(true);
    expect(of('worker')).toMatchObject({ ok: false, next: expect.stringContaining('npm run worker') });
    expect(of('schedule eu-west-1')?.ok).toBe(false);
    expect(of('aws eu-west-1')).toMatchObject({ ok: null, detail: 'not checked: no worker' });
    expect(stderr).toContain('not well: worker, schedule');
    expect(status).toBe(4);
  });

  it('doctor tells a namespace that is not there from a server that is not', async () => {
    const env = { ...stack.environment, TEMPORAL_NAMESPACE: 'nowhere' };
    const { status, stdout } = await causeway(['doctor'], { env });
    expect(stdout).toMatch(
      /ok +temporal .*\n +wrong +namespace +there is no namespace nowhere\n +next: Set TEMPORAL_NAMESPACE/,
    );
    expect(status).toBe(5);
  });
});

describe('a connection, from the command line', () => {
  beforeAll(async () => {
    await stack.startWorker();
  });

  it('doctor finds all well, AWS by the eyes of the worker included', async () => {
    const { ok, checks } = await documentOf<Diagnosis>(run('doctor', '--json'));
    expect(checks.filter((check) => check.ok !== true)).toEqual([]);
    expect(ok).toBe(true);
    expect(checks.find(({ name }) => name === 'aws ap-southeast-2')?.detail).toContain('111122223333');
  });

  it('doctor finds a Schedule that somebody paused', async () => {
    const temporal = new Client({ connection, namespace: stack.namespace });
    const schedule = temporal.schedule.getHandle(observeScheduleId(PROVIDER_ACCOUNT, 'eu-west-1'));
    await schedule.pause();
    try {
      const { status, stdout } = await run('doctor');
      expect(stdout).toMatch(
        /wrong +schedule eu-west-1 +\S+ is paused\n +next: Run: temporal schedule toggle/,
      );
      expect(status).toBe(4);
    } finally {
      await schedule.unpause();
    }
  });

  it('is not known at first', async () => {
    for (const command of ['status', 'retry', 'cancel', 'close']) {
      const { status, line } = await refused(command, 'org-42', network.vpcId);
      expect(line).toMatch(/is not known; .*causeway list/);
      expect(status).toBe(3);
    }
    expect(await documentOf(run('list', '--json'))).toEqual([]);
  });

  it('is planned, for people and for programs', async () => {
    const plan = await documentOf<PeeringPlan>(withRequest(['plan', '--json']));
    expect(plan).toMatchObject({ providerRegion: 'eu-west-1', providerCidr: '10.200.0.0/25' });
    const { status, stdout } = await withRequest(['plan']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Plan for org-42\/vpc-\w+, Acme \u6771\u4eac in eu-central-1/);
    expect(stdout).toMatch(/out +110 +tcp +8000-8100 +172\.31\.0\.0\/20/);
    expect(await documentOf(run('list', '--json'))).toEqual([]);
  });

  it.each([
    [{ awsAccountId: '111122223333' }, /^causeway: .*awsAccountId: is the provider's own account.*\n$/],
    [{ region: 'eu-west-9' }, /^causeway: .*"eu-west-9" .*nearest spelling is eu-west-1.*\n$/],
  ])('is refused at once, with the reason, when the worker does not take it: %j', async (wrong, reason) => {
    for (const command of ['plan', 'request'])
      expect(await withRequest([command], wrong)).toEqual({
        ...{ status: 2, stdout: '', stderr: expect.stringMatching(reason) },
      });
  });

  it('is requested, and requested again gives the same run', async () => {
    const first = await documentOf<PeeringStatus & { workflowId: string; runId: string }>(
      withRequest(['request', '--json']),
    );
    expect(first.workflowId).toBe(`provision-peering/org-42/${network.vpcId}`);
    expect(first.state).not.toBe('planning');
    const shown = await documentOf<PeeringStatus>(run('status', 'org-42', network.vpcId, '--json'));
    expect(shown.customer).toEqual(first.customer);
    const again = await withRequest(['request']);
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('was under way already');
    expect(again.stdout).toContain(first.runId);
    const waiting = await untilState('awaiting-acceptance');
    const { stdout } = await run('list', '--state', 'awaiting-acceptance');
    expect(stdout).toContain(waiting.peeringConnectionId ?? 'no peering');
  });

  it('cannot be closed yet, and a false word of acceptance changes nothing but the history', async () => {
    const close = await refused('close', 'org-42', network.vpcId);
    expect(close.line).toMatch(/not up yet; .*causeway cancel/);
    expect(close.status).toBe(3);
    expect((await run('accept', 'org-42', network.vpcId, '--by', 'Eve\u001b[2J')).status).toBe(0);
    expect((await run('remind', 'org-42', network.vpcId, '--by', 'ops')).status).toBe(0);
    await until('it is answered', async () => {
      const notes = (await statusNow()).history.map(({ note }) => note).join('\n');
      return notes.includes('not accepted: ') && notes.includes('"ops" reminds: Accept pcx-')
        ? true
        : undefined;
    });
    const { stdout } = await run('status', 'org-42', network.vpcId);
    expect(stdout).toMatch(/awaiting-acceptance +"Eve\\u\{1b\}\[2J" says the request is accepted/);
    expect((await statusNow()).state).toBe('awaiting-acceptance');
  });

  it('has a kit for the customer, on standard output and as a file', async () => {
    const { peeringConnectionId } = await statusNow();
    const printed = await run('kit', 'org-42', network.vpcId, '--format', 'cli');
    expect({ status: printed.status, stderr: printed.stderr }).toEqual({ status: 0, stderr: '' });
    expect(printed.stdout).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(printed.stdout).toContain(`PEERING='${peeringConnectionId ?? 'none'}'`);
    const directory = await mkdtemp(join(tmpdir(), 'causeway-kit-'));
    const file = join(directory, 'kit.sh');
    const document = await documentOf<{ text: string; fileName: string; kit: { providerCidr: string } }>(
      run('kit', 'org-42', network.vpcId, '--format', 'cli', '--out', file, '--json'),
    );
    expect(document.text).toBe(printed.stdout);
    expect(document.kit.providerCidr).toBe('10.200.0.0/25');
    expect(await readFile(file, 'utf8')).toBe(document.text);
    const nowhere = await refused('kit', 'org-42', network.vpcId, '--format', 'cli', '--out', directory);
    expect(nowhere.line).toMatch(/cannot write .*EISDIR.*name another file with --out/);
    expect(nowhere.status).toBe(2);
    await rm(directory, { recursive: true });
  });

  it('has a link for the customer, which needs a key to sign with, and revokes the one before', async () => {
    const unsigned = await refused('link', 'org-42', network.vpcId);
    expect(unsigned).toMatchObject({ status: 2, line: expect.stringContaining('CAUSEWAY_KEYS') });
    expect((await statusNow()).linkGeneration).toBeUndefined();
    const directory = await mkdtemp(join(tmpdir(), 'causeway-link-'));
    const keys: LinkKeys = { current: 'k1', secrets: { k1: Buffer.alloc(32, 1).toString('base64url') } };
    await writeFile(join(directory, 'keys.json'), JSON.stringify({ links: keys }));
    const env = { ...stack.environment, CAUSEWAY_KEYS: join(directory, 'keys.json') };
    const link = (...args: string[]): Promise<Ended> =>
      causeway(['link', 'org-42', network.vpcId, ...args], { env });
    const { url, expiresAt } = await documentOf<{ url: string; expiresAt: string }>(
      link('--days', '2', '--by', 'bob', '--json'),
    );
    const opened = openLink(url.slice('http://localhost:3000/c/'.length), keys, Date.now());
    expect(opened).toMatchObject({ ok: true, link: { organizationId: 'org-42', vpcId: network.vpcId } });
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(2 * 86_400_000);
    const status = await statusNow();
    expect(opened.ok && isRevoked(opened.link, status)).toBe(false);
    expect(status.history.at(-1)?.note).toMatch(/^"bob" made a new link/);
    expect((await link()).stdout).toMatch(/^http:\/\/localhost:3000\/c\/k1\./);
    expect(opened.ok && isRevoked(opened.link, await statusNow())).toBe(true);
    for (const days of ['0', '8', 'x']) expect((await link('--days', days)).status).toBe(2);
    await rm(directory, { recursive: true });
  });

  it('is left by Ctrl-C with 130, and goes on', async () => {
    const { status, stderr } = await causeway(['request', '--wait', '--file', '-'], {
      env: stack.environment,
      input: requestText(),
      watch: (stdout, kill) => {
        if (stdout.includes('waits for the customer')) kill('SIGINT');
      },
    });
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    expect((await statusNow()).state).toBe('awaiting-acceptance');
  });

  it('becomes active while someone waits for it, once the customer accepts in AWS', async () => {
    const { peeringConnectionId } = await statusNow();
    let accepting: Promise<void> | undefined;
    const waiting = causeway(['request', '--wait', '--file', '-'], {
      env: stack.environment,
      input: requestText(),
      watch: (soFar) => {
        if (soFar.includes('waits for the customer'))
          accepting ??= customer.accept(peeringConnectionId ?? '');
      },
    });
    const { status, stdout, stderr } = await waiting;
    await accepting;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.includes('waits for the customer')).length).toBe(1);
    expect(stdout).toMatch(/UTC {2}active +the connection is up/);
    expect(stdout).toMatch(/State +active/);
  });

  it('is refused with 4 while it is up, and stays up', async () => {
    const { status, stdout, stderr } = await withRequest(['request', '--json']);
    expect(stderr).toMatch(/^causeway: AlreadyConnected: .*\n$/);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    const cancel = await refused('cancel', 'org-42', network.vpcId);
    expect(cancel.line).toContain('`causeway close` takes it down');
    expect(cancel.status).toBe(4);
    expect((await statusNow()).state).toBe('active');
    const listed = await documentOf<{ state: string }[]>(run('list', '--json'));
    expect(listed.map(({ state }) => state)).toEqual(['active']);
  });

  it('is closed, with the reason in its history, and then cannot be closed again', async () => {
    const told = await documentOf<{ told: string }>(
      run('close', 'org-42', network.vpcId, '--by', 'ops', '--json'),
    );
    expect(told).toMatchObject({ organizationId: 'org-42', vpcId: network.vpcId, told: 'close' });
    const released = await untilState('released');
    expect(released.history.some(({ note }) => note.includes('closed by "ops"'))).toBe(true);
    const again = await refused('close', 'org-42', network.vpcId);
    expect(again.line).toContain('is over already');
    expect(again.status).toBe(3);
    const kit = await refused('kit', 'org-42', network.vpcId, '--format', 'console');
    expect(kit.line).toMatch(/is released, so there is nothing to accept any more; request it again/);
    expect(kit.status).toBe(3);
  });

  it('ends with 4 for whoever waits, when it is declined', async () => {
    const waiting = causeway(['request', '--wait', '--json', '--file', '-'], {
      env: stack.environment,
      input: requestText(),
    });
    await untilState('awaiting-acceptance');
    const said = ['--reason', 'wrong VPC', '--avoid', '10.0.0.0/8,172.20.0.0/16'];
    expect((await run('decline', 'org-42', network.vpcId, ...said)).status).toBe(0);
    const { status, stdout, stderr } = await waiting;
    expect(stderr).toMatch(/^causeway: PeeringDeclined: .*wrong VPC.*\n$/);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect((await statusNow()).customer.avoidCidrs).toEqual(['10.0.0.0/8', '172.20.0.0/16']);
    const listed = await documentOf<{ state: string }[]>(run('list', '--state', 'declined', '--json'));
    expect(listed.length).toBe(1);
  });

  it('is cancelled, and nothing of it is left', async () => {
    expect((await withRequest(['request'])).status).toBe(0);
    expect((await run('cancel', 'org-42', network.vpcId)).status).toBe(0);
    const cancelled = await untilState('cancelled');
    expect(cancelled.nextStep.who).toBe('nobody');
    expect(leftovers(await stack.emulator.control.inventory())).toEqual([]);
  });
});
