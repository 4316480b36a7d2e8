/** The examples are run as they stand, each against the whole stack. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findTemporalCli } from '../../local/binaries.js';
import { PROJECT_ROOT } from '../../local/setup/layout.mjs';
import { downloadTemporalCli } from '../../local/temporal-download.js';
import { startStackWorld, type StackCustomer, type StackWorld } from '../harness/stack.js';
import { until } from '../harness/until.js';
import { testTool } from '../harness/test-tools.js';

let world: StackWorld;
let directory: string;
beforeAll(async () => {
  [world, directory] = await Promise.all([startStackWorld(), mkdtemp(join(tmpdir(), 'causeway-examples-'))]);
});
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});

interface Example {
  customer: StackCustomer;
  requestPath: string;
}

async function newExample(): Promise<Example> {
  const customer = await world.newCustomer();
  const requestPath = join(directory, `${customer.request.organizationId}.json`);
  await writeFile(requestPath, JSON.stringify(customer.request, null, 2));
  return { customer, requestPath };
}

/** Runs an example to its end. */
function run(
  command: string,
  args: string[],
  { env = {}, watch }: { env?: NodeJS.ProcessEnv; watch?: (stdout: string) => void } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: PROJECT_ROOT, env: { ...world.stack.environment, ...env } });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
      watch?.(written.stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...written }));
  });
}

async function untilClaimed({ customer }: Example, by: string): Promise<void> {
  await until(`${by} is in the history`, async () => {
    const { history } = await world.status(customer.provisionId);
    return history.some(({ note }) => note.includes(`"${by}" says the request is accepted`))
      ? true
      : undefined;
  });
}

describe('the service in TypeScript', () => {
  it('follows its request until the customer accepts, and finds the connection when it is started again', async () => {
    const { customer, requestPath } = await newExample();
    const args = ['--import', 'tsx', 'docs/examples/onboarding-service.ts', requestPath];
    let accepting: Promise<void> | undefined;
    const { code, stdout, stderr } = await run(process.execPath, args, {
      watch: (soFar) => {
        const peeringId = /Accept (pcx-\w+)/.exec(soFar)?.[1];
        if (peeringId !== undefined) accepting ??= customer.aws.accept(peeringId);
      },
    });
    await accepting;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^requested\n[^]*awaiting-acceptance: Accept pcx-[^]*\nactive: /);
    const again = await run(process.execPath, args);
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^the connection is up already\nactive: /),
    });
  });

  it('says by its code what is wrong with a request', async () => {
    const { customer, requestPath } = await newExample();
    await writeFile(
      requestPath,
      JSON.stringify({ ...customer.request, awsAccountId: '1', region: 'nowhere' }),
    );
    const { code, stderr } = await run(process.execPath, [
      ...['--import', 'tsx', 'docs/examples/onboarding-service.ts'],
      requestPath,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^onboarding: InvalidRequest: awsAccountId: .*; region: .*\n$/);
  });
});

describe("Temporal's own command line", () => {
  it('starts and signals', async () => {
    const example = await newExample();
    const found = findTemporalCli();
    const { code, stdout, stderr } = await run('docs/examples/temporal-cli.sh', [example.requestPath], {
      env: { TEMPORAL_CLI: found.kind === 'path' ? found.path : await downloadTemporalCli() },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('rror') });
    expect(stdout).toContain(example.customer.provisionId);
    await untilClaimed(example, 'temporal-cli.sh');
  });
});

describe("Temporal's SDK for Python", () => {
  it('starts and signals', async () => {
    const example = await newExample();
    const { code, stdout, stderr } = await run(testTool('python'), [
      'docs/examples/python/request_peering.py',
      example.requestPath,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ state: 'awaiting-acceptance' });
    await untilClaimed(example, 'request_peering.py');
  });
});
