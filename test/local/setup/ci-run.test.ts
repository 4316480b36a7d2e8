import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeProgram, startCommand } from './fake-project.js';
import type { RunResult } from './fake-project.js';

const CI = fileURLToPath(new URL('../../../.ci', import.meta.url));

/**
 * Stands for npm: tests print totals and more after them, `npm run check` prints a line that looks like some,
 * and `npm ci` brings a Node.
 */
const FAKE_NPM = `
const fs = require('node:fs'), path = require('node:path');
const args = process.argv.slice(2), { env } = process;
const isOnOther = env.PATH.split(path.delimiter)[0].includes('.causeway/node-');
const command = args.includes('ci') ? 'ci' : isOnOther ? 'other' : args.find((arg) => /^(test(:faults)?|check)$/.test(arg));
const faked = JSON.parse(env.FAKE)[command] ?? {};
if (command === 'ci' && !faked.absent) {
  const bin = path.join(args[args.indexOf('--prefix') + 1], 'node_modules', '.bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, 'node'), '', { mode: 0o755 });
}
if (command === 'check') console.log('about 9 passed, 9 failed, 9 skipped');
else if (command !== 'ci') console.log(faked.totals ?? '5 passed, 0 failed, 2 skipped');
console.error(command, 'was run, first on PATH is', env.PATH.split(path.delimiter)[0]);
process.exit(faked.status ?? 0);`;

/** Stands for the machine's Node, of which only facts are asked. */
const FAKE_NODE = `
const { version, platform } = JSON.parse(process.env.FAKE);
const facts = { versions: { node: version ?? '20.20.2' }, platform: platform ?? 'linux', arch: 'x64' };
console.log(new Function('process', 'return ' + process.argv[3])(facts));`;

interface Command {
  readonly status?: number;
  readonly totals?: string;
  readonly absent?: boolean;
}

/** What is otherwise than that all goes well, on Node 20 on Linux. */
interface Faked {
  readonly test?: Command;
  readonly check?: Command;
  readonly 'test:faults'?: Command;
  readonly ci?: Command;
  /** The tests on the other version. */
  readonly other?: Command;
  readonly version?: string;
  readonly platform?: string;
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'causeway-ci-'));
  cpSync(CI, join(directory, '.ci'), { recursive: true });
  makeProgram(join(directory, 'bin', 'npm'), FAKE_NPM);
  makeProgram(join(directory, 'bin', 'node'), FAKE_NODE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function runCi(faked: Faked): Promise<RunResult> {
  return startCommand('/bin/bash', [join(directory, '.ci', 'run')], {
    PATH: [join(directory, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    FAKE: JSON.stringify(faked),
  }).result;
}

describe('the run that judges a submission', () => {
  it('runs everything, says how each ended, and ends with the totals of all', async () => {
    const { status, stdout } = await runCi({ 'test:faults': { totals: '7 passed, 0 failed, 1 skipped' } });
    expect(status).toBe(0);
    for (const name of ['npm test on Node 20.20.2', 'npm run check', 'npm run test:faults']) {
      expect(stdout).toMatch(new RegExp(`^${name} ended with 0 after \\d+ s$`, 'm'));
    }
    expect(stdout).toMatch(/^npm test on Node 24 ended with 0 after \d+ s$/m);
    expect(stdout).toMatch(/^other was run, first on PATH is \/.*\.causeway\/node-24\/node_modules\/\.bin$/m);
    expect(stdout).toMatch(/\n17 passed, 0 failed, 5 skipped\n$/);
  });

  it('runs the tests on Node 20 as well where the machine has 24', async () => {
    const { stdout } = await runCi({ version: '24.21.0' });
    expect(stdout).toMatch(/^npm test on Node 24\.21\.0 ended with 0/m);
    expect(stdout).toMatch(/^npm test on Node 20 ended with 0/m);
  });

  const OF_THREE = '15 passed, 0 failed, 6 skipped';
  it.each<[string, Faked, string]>([
    [
      'a failing test',
      { test: { status: 1, totals: '4 passed, 1 failed, 2 skipped' } },
      '14 passed, 1 failed, 6 skipped',
    ],
    ['tests that end badly', { 'test:faults': { status: 134 } }, OF_THREE],
    ['a failing check', { check: { status: 2 } }, OF_THREE],
    ['tests that fail on the other Node', { other: { status: 1 } }, OF_THREE],
    [
      'a failure that the status does not tell',
      { other: { totals: '4 passed, 1 failed, 2 skipped' } },
      '14 passed, 1 failed, 6 skipped',
    ],
    ['tests without totals', { test: { totals: 'nothing to do' } }, '10 passed, 1 failed, 4 skipped'],
    ['a Node that cannot be had', { ci: { absent: true } }, '10 passed, 1 failed, 4 skipped'],
  ])('fails for %s', async (_what, faked, totals) => {
    const { status, stdout } = await runCi(faked);
    expect(status).toBe(1);
    expect(stdout.endsWith(`\n${totals}\n`)).toBe(true);
    expect(stdout).toMatch(/check was run/);
  });

  it('says so, and fails nothing, where npm has no Node for the platform', async () => {
    const { status, stdout } = await runCi({ platform: 'sunos' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^npm test on Node 24 was left out: there is no package node-sunos-x64$/m);
    expect(stdout).toMatch(/\n10 passed, 0 failed, 4 skipped\n$/);
  });
});
