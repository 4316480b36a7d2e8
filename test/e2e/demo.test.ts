/** `npm run demo`, as it is run by somebody who has cloned the project; not in a terminal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PROJECT_ROOT, STATE_DIRECTORY } from '../../local/setup/layout.mjs';
import { bound, WAIT_MS } from '../harness/bounds.js';
import { until } from '../harness/until.js';
import { descendantsOf, stillRunning } from './process-table.js';

/** Many times what taking the stack down takes, and less than calls to a stopped Temporal are repeated for. */
const STOP_MS = bound(30_000);

interface Demo {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
}

const running: Demo[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
});

function startDemo(): Demo {
  const env = { ...process.env };
  // Jest has its workers write in colour.
  delete env['FORCE_COLOR'];
  const child = spawn(process.execPath, ['local/run.mjs', 'demo'], {
    cwd: PROJECT_ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const demo = { child, output, pid: child.pid ?? 0 };
  running.push(demo);
  return demo;
}

function exitOf({ child, output }: Demo, withinMs: number): Promise<number | null> {
  return until(
    'the demo has ended',
    () => Promise.resolve(child.exitCode ?? (child.signalCode === null ? undefined : null)),
    withinMs,
  ).catch((error: unknown) => {
    throw new Error(`the demo goes on:\n${output.stdout}${output.stderr}`, { cause: error });
  });
}

/** Directories that stacks of these processes keep while they are up. */
function stateOf(pids: readonly number[]): string[] {
  return readdirSync(join(STATE_DIRECTORY, 'run')).filter((name) =>
    pids.some((pid) => name.startsWith(`${pid.toString()}-`)),
  );
}

interface Chosen {
  readonly name: string;
  readonly vpc: string;
  readonly block: string;
}

/** The lines under "What was chosen": `Acme, 172.31.0.0/16 in eu-central-1: got 10.200.0.0/25 in eu-west-1`. */
function chosenIn(text: string): Chosen[] {
  const lines = text.slice(text.indexOf('What was chosen')).split('\n');
  return lines.flatMap((line) => {
    const match = /^ +(\S+), (\S+) in \S+: got (\S+) in \S+$/.exec(line);
    const [, name, vpc, block] = match ?? [];
    return name !== undefined && vpc !== undefined && block !== undefined ? [{ name, vpc, block }] : [];
  });
}

describe('npm run demo', () => {
  it('connects both customers, takes all of it down again and says so in plain lines', async () => {
    const demo = startDemo();
    expect({ code: await exitOf(demo, WAIT_MS), stderr: demo.output.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const { stdout } = demo.output;
    for (const ofTerminals of ['\u001B', '\r']) expect(stdout).not.toContain(ofTerminals);
    const [first, second, ...others] = chosenIn(stdout);
    expect(others).toEqual([]);
    expect(first).toEqual({ name: 'Acme', vpc: '172.31.0.0/16', block: '10.200.0.0/25' });
    expect(second).toMatchObject({ name: 'Globex', vpc: '10.200.0.0/16' });
    expect(second?.block).toMatch(/^(?!10\.200\.)\d+\.\d+\.\d+\.\d+\/25$/);
    expect(stdout).toContain("AWS holds nothing with Causeway's tags in either account");
  });

  it('stops all that it started when it is interrupted in the middle', async () => {
    const demo = startDemo();
    await until(
      'the first request waits',
      () => Promise.resolve(demo.output.stdout.includes('awaiting-acceptance') ? true : undefined),
      WAIT_MS,
    );
    const started = await descendantsOf(demo.pid);
    expect(started.length).toBeGreaterThanOrEqual(4);
    expect(stateOf(started)).toHaveLength(1);
    demo.child.kill('SIGINT');
    expect([1, 130]).toContain(await exitOf(demo, STOP_MS));
    expect(demo.output.stderr).toMatch(/^demo: interrupted[^\n]*\n$/);
    await until(
      'nothing that it started runs on',
      async () => ((await stillRunning(started)).length === 0 ? true : undefined),
      STOP_MS,
    );
    expect(stateOf(started)).toEqual([]);
  });
});
