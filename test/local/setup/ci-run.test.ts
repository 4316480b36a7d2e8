import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeProgram, startCommand } from './fake-project.js';
import type { RunResult } from './fake-project.js';

const CI = fileURLToPath(new URL('../../../.ci', import.meta.url));

/** Stands for npm: `npm test` prints totals and more after them, `npm run check` prints a line that looks like some. */
const FAKE_NPM = `
const isTest = process.argv[2] === 'test';
console.log(isTest ? '5 passed, 1 failed, 2 skipped' : 'about 9 passed, 9 failed, 9 skipped');
console.error(process.argv.slice(2).join(' '), 'was run');
process.exit(Number(isTest ? process.env.FAKE_TEST : process.env.FAKE_CHECK));`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'causeway-ci-'));
  cpSync(CI, join(directory, '.ci'), { recursive: true });
  makeProgram(join(directory, 'bin', 'npm'), FAKE_NPM);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function runCi(testStatus: string, checkStatus: string): Promise<RunResult> {
  return startCommand('/bin/bash', [join(directory, '.ci', 'run')], {
    PATH: [join(directory, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    CI: 'true',
    FAKE_TEST: testStatus,
    FAKE_CHECK: checkStatus,
  }).result;
}

describe('the run that judges a submission', () => {
  it.each([
    ['0', '0', 0],
    ['1', '0', 1],
    ['0', '2', 1],
    ['1', '1', 1],
  ])('with tests ending %s and checks ending %s ends %i', async (testStatus, checkStatus, expected) => {
    const { status, stdout, stderr } = await runCi(testStatus, checkStatus);
    expect(status).toBe(expected);
    expect(stdout).toMatch(/\n5 passed, 1 failed, 2 skipped\n$/);
    expect(`${stdout}${stderr}`).toMatch(/test was run/);
    expect(`${stdout}${stderr}`).toMatch(/run check was run/);
  });
});
