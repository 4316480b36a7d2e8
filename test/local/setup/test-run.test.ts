import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startCommand } from './fake-project.js';
import type { RunResult } from './fake-project.js';

const RUN = fileURLToPath(new URL('../../../local/run.mjs', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'causeway-closing-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the given suites, and nothing of this project, through the real command; stderr goes where stdout goes. */
async function runSuites(suites: Record<string, string>, ...args: string[]): Promise<RunResult> {
  for (const [name, content] of Object.entries(suites)) writeFileSync(join(directory, name), content);
  const config = JSON.stringify({ rootDir: directory, transform: {}, testMatch: ['**/*.test.cjs'] });
  const shell = 'exec "$0" "$@" 2>&1';
  const command = ['-c', shell, process.execPath, RUN, 'test', ...args, '--config', config];
  return startCommand('/bin/sh', command, { ...process.env }).result;
}

function lastLine({ stdout }: RunResult): string | undefined {
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout.trimEnd().split('\n').at(-1);
}

describe('npm test', () => {
  it('ends with the totals when all went well', async () => {
    const result = await runSuites({
      'a.test.cjs': 'test("one", () => {}); test("two", () => {}); test.skip("three", () => {});',
      'b.test.cjs': 'test("four", () => {}); test.todo("five");',
    });
    expect(lastLine(result)).toBe('3 passed, 0 failed, 2 skipped');
    expect(result.status).toBe(0);
  });

  it('counts a suite that cannot run as a failure', async () => {
    const result = await runSuites({
      'a.test.cjs': 'test("one", () => {}); test("two", () => { throw new Error("on purpose"); });',
      'b.test.cjs': 'this is no program',
    });
    expect(lastLine(result)).toBe('1 passed, 2 failed, 0 skipped');
    expect(result.status).toBe(1);
  });

  it('takes files and an option of the caller', async () => {
    const suite = 'test("one", () => {});';
    const suites = { 'a.test.cjs': suite, 'b.test.cjs': suite, 'c.test.cjs': suite };
    const result = await runSuites(suites, 'a.test', 'b.test', '--maxWorkers=1');
    expect(lastLine(result)).toBe('2 passed, 0 failed, 0 skipped');
    expect(result.status).toBe(0);
  });

  it('never ends a failed run without a failure', async () => {
    const nothing = await runSuites({});
    expect(lastLine(nothing)).toBe('0 passed, 1 failed, 0 skipped');
    expect(nothing.status).toBe(1);
  });

  it('says before its last line what the fault suites tried', async () => {
    const suite = (points: number): string =>
      `test("faults", () => require("node:fs").appendFileSync(process.env.CAUSEWAY_FAULT_TOTALS,
        JSON.stringify({ points: ${points.toString()}, leaked: 1, seed: Number(process.env.CAUSEWAY_SEED) }) + "\\n"));`;
    const { stdout } = await runSuites({ 'a.test.cjs': suite(2), 'b.test.cjs': suite(3) });
    const lines = stdout.trimEnd().split('\n').slice(-2);
    expect(lines[0]).toMatch(/^fault points: 5 tried, 2 leaked resources \(CAUSEWAY_SEED=\d+\)$/);
    expect(lines[1]).toBe('2 passed, 0 failed, 0 skipped');
  });

  it('passes its arguments to jest', async () => {
    const suites = { 'a.test.cjs': 'test("one", () => {}); test("two", () => {});' };
    expect(lastLine(await runSuites(suites, '-t', 'two'))).toBe('1 passed, 0 failed, 1 skipped');
    const list = await runSuites(suites, '--listTests');
    expect(lastLine(list)).toMatch(/a\.test\.cjs$/);
    expect(list.status).toBe(0);
  });
});
