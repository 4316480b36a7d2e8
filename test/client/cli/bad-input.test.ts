import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { causeway, causewayRefused } from './command-line.js';

const VPC = 'vpc-0a1b2c3d4e5f60718';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'causeway-cli-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

describe('arguments that cannot be used', () => {
  it.each([
    [['nonsense'], /unknown command 'nonsense'.*--help/],
    [[], /no command.*--help/],
    [['status', 'org-42'], /missing required argument 'vpc'/],
    [['list', '--colour'], /unknown option '--colour'/],
    [['request'], /required option '--file <file>'/],
    [['list', '--state', 'nonsense'], /"nonsense" is no state; give one of planning, .*disconnected/],
    [['status', '../x', 'vpc-1'], /ORG: "\.\.\/x" is not .*VPC: "vpc-1" is not /],
    [['cancel', 'org-42', VPC.toUpperCase()], /VPC: .*is not a VPC id/],
    [['kit', 'org-42', VPC], /required option '--format <format>'/],
    [
      ['kit', 'org-42', VPC, '--format', 'pdf'],
      /"pdf" is no format of a kit; give one of console, cli, terraform, /,
    ],
  ])('%j ends with 2 and one line that says what to do', async (args, expected) => {
    const { status, line } = await causewayRefused(args);
    expect(line).toMatch(expected);
    expect(status).toBe(2);
  });

  it('are shown with control characters escaped', async () => {
    const { line } = await causewayRefused(['list', '--state', '\u001b[2J\n\u202e']);
    expect(line).toContain('\\u{1b}[2J\\u{a}\\u{202e}');
  });
});

describe('a request file that cannot be used', () => {
  it('is missing', async () => {
    const { status, line } = await causewayRefused(['plan', '--file', join(directory, 'none.json')]);
    expect(line).toMatch(/cannot read .*none\.json: ENOENT.*--file/);
    expect(status).toBe(2);
  });

  it('is not JSON', async () => {
    const { status, line } = await causewayRefused([
      'plan',
      '--file',
      await fileOf('text', 'customerName:\n- x'),
    ]);
    expect(line).toMatch(/is not JSON/);
    expect(status).toBe(2);
  });

  it('is not UTF-8', async () => {
    const file = await fileOf('latin1', Buffer.from('{"customerName":"M\u00fcller"}', 'latin1'));
    const { status, line } = await causewayRefused(['plan', '--file', file]);
    expect(line).toMatch(/not UTF-8/);
    expect(status).toBe(2);
  });

  it('has more than a megabyte, or has no end', async () => {
    const big = await fileOf('big', `{"customerName":"${'x'.repeat(1_100_000)}"}`);
    for (const file of [big, '/dev/zero']) {
      const { status, line } = await causewayRefused(['request', '--file', file]);
      expect(line).toMatch(/more than 1 MB/);
      expect(status).toBe(2);
    }
  });

  it('names every wrong field on one line, before anything is asked of Temporal', async () => {
    const input = JSON.stringify({
      customerName: 'A\u0007B',
      organizationId: 'no spaces',
      awsAccountId: '12',
      region: 'us-gov-west-1',
      vpcId: 'vpc-xyz',
      subnetCidrs: ['10.0.0.1/24'],
      colour: 'blue',
    });
    const { status, line } = await causewayRefused(['request', '--file', '-', '--json'], {
      input,
      env: { TEMPORAL_ADDRESS: '127.0.0.1:9' },
    });
    for (const field of [
      'customerName',
      'organizationId',
      'awsAccountId',
      'region',
      'vpcId',
      'subnetCidrs[0]',
      'colour',
    ]) {
      expect(line).toContain(`${field}: `);
    }
    expect(status).toBe(2);
  });
});

describe('a file with a change that cannot be used', () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:9' };

  it.each([
    ['[]', /is no valid change: change: must be an object, not a list/],
    ['{}', /has neither subnetCidrs nor access/],
    ['{"subnetCidrs":null}', /has neither subnetCidrs nor access/],
    [
      '{"subnetCidrs":["10.0.0.1/24"],"access":[{"protocol":"gre"}],"region":"eu-west-1"}',
      /subnetCidrs\[0\]: .*access\[0\]\.protocol: .*region: cannot be changed/,
    ],
    ['{"access":[{"protocol":"tcp","ports":[70000]}]}', /access\[0\]\.ports\[0\]: 70000 is outside/],
    ['{"subnetCidrs":', /is not JSON/],
  ])('%s ends with 2, before anything is asked of Temporal', async (input, expected) => {
    const { status, line } = await causewayRefused(['change', 'org-42', VPC, '--file', '-'], { input, env });
    expect(line).toMatch(expected);
    expect(status).toBe(2);
  });

  it('is asked for, and so is a connection', async () => {
    const { status, line } = await causewayRefused(['change', 'org-42', VPC]);
    expect(line).toMatch(/required option '--file <file>'/);
    expect(status).toBe(2);
  });
});

describe('help', () => {
  it('is no error, for the whole and for each command', async () => {
    const whole = await causeway(['--help']);
    expect(whole).toMatchObject({ status: 0, stderr: '' });
    for (const command of [
      'plan',
      'request',
      'status',
      'history',
      'list',
      'accept',
      'decline',
      'cancel',
      'close',
      'change',
      'regions',
      'kit',
      'doctor',
    ]) {
      expect(whole.stdout).toContain(`  ${command} `);
    }
    const one = await causeway(['decline', '--help']);
    expect(one).toMatchObject({ status: 0, stderr: '' });
    expect(one.stdout).toContain('--reason');
  });

  it('ends a decline with 2 that says no ranges, before anything is asked of Temporal', async () => {
    const said = ['decline', 'org-42', 'vpc-0a1b2c3d4e5f60718', '--avoid', '10.0.0.1/8,10.0.0.0/7'];
    const { status, line } = await causewayRefused(said, { env: { TEMPORAL_ADDRESS: '127.0.0.1:9' } });
    expect(line).toMatch(
      /--avoid: 10\.0\.0\.1\/8 has host bits.*10\.0\.0\.0\/7 has the wrong size.*; write ranges/,
    );
    expect(status).toBe(2);
  });
});

describe('without Temporal', () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:9' };

  it('a command ends with 5, saying where it looked', async () => {
    const { status, line } = await causewayRefused(['list', '--json'], { env });
    expect(line).toMatch(/cannot reach Temporal at 127\.0\.0\.1:9; .*TEMPORAL_ADDRESS/);
    expect(status).toBe(5);
  });

  it('doctor still tells what it can, and what it could not look at', async () => {
    const { status, stdout, stderr } = await causeway(['doctor', '--json'], { env });
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; ok: boolean | null; next: string | null }[];
    };
    expect(ok).toBe(false);
    const stateOf = (name: string): boolean | null | undefined =>
      checks.find((check) => check.name === name)?.ok;
    expect(stateOf('node')).toBe(true);
    expect(stateOf('configuration')).toBe(true);
    expect(stateOf('temporal')).toBe(false);
    expect(checks.find(({ name }) => name === 'temporal')?.next).toContain('TEMPORAL_ADDRESS');
    expect(stateOf('worker')).toBeNull();
    expect(stateOf('aws eu-west-1')).toBeNull();
    expect(stderr).toMatch(/^causeway: not well: temporal; .*\n$/);
    expect(status).toBe(5);
  });

  it('doctor names every problem of a configuration', async () => {
    const file = await fileOf(
      'config.json',
      '{"provider":{"accountId":"1","regions":["mars-1"]},"colour":1}',
    );
    const { stdout } = await causeway(['doctor'], { env: { ...env, CAUSEWAY_CONFIG: file } });
    expect(stdout).toMatch(/wrong +configuration .*provider\.accountId: .*provider\.regions\[0\]: .*colour/);
  });
});
