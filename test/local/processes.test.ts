import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProcessStartError, startProcess } from '../../local/processes.js';

const SUPERVISED = new URL('../../local/setup/supervised.mjs', import.meta.url).href;
const NODE = process.execPath;
/** A program that runs until it is told to end. */
const FOREVER = 'setInterval(() => {}, 1000); console.log("up");';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'causeway-processes-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200 && isAlive(pid); attempt++) await delay(50);
  return !isAlive(pid);
}

/** Runs a parent of its own that starts `child` under supervision, prints the child's pid, then does `then`. */
async function startParent(child: string, then: string): Promise<{ parentPid: number; childPid: number }> {
  const script = `
    import { startSupervised } from ${JSON.stringify(SUPERVISED)};
    const child = await startSupervised({ name: 'child', command: process.execPath,
      args: ['-e', ${JSON.stringify(child)}], output: 'pipe' });
    child.stdout.once('data', () => { console.log(child.pid); ${then} });`;
  const parent = spawn(NODE, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const childPid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
  );
  if (!Number.isInteger(childPid)) throw new Error('the child did not start');
  return { parentPid: parent.pid ?? 0, childPid };
}

describe('a supervised program ends with the process that started it', () => {
  it.each([
    ['is killed with SIGKILL', '', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['is killed with its whole process group', '', (pid: number) => process.kill(-pid, 'SIGKILL')],
    ['is interrupted as by Ctrl-C', '', (pid: number) => process.kill(-pid, 'SIGINT')],
    ['exits', 'process.exit(0);', () => undefined],
    ['crashes', 'throw new Error("on purpose: part of a test");', () => undefined],
  ])('when that process %s', async (_how, then, end) => {
    const { parentPid, childPid } = await startParent(FOREVER, then);
    end(parentPid);
    expect(await untilGone(childPid)).toBe(true);
  });

  it('even when the program ignores SIGTERM', async () => {
    const { parentPid, childPid } = await startParent(`process.on('SIGTERM', () => {}); ${FOREVER}`, '');
    process.kill(parentPid, 'SIGKILL');
    expect(await untilGone(childPid)).toBe(true);
  });
});

describe('startProcess', () => {
  it('is ready at the line that was waited for, and has the pid of the program itself', async () => {
    const child = await startProcess({
      name: 'greeter',
      command: NODE,
      args: [
        '-e',
        'console.log("warming up"); console.log("ready " + process.pid); setInterval(() => {}, 1000);',
      ],
      readyWhen: (line) => line.startsWith('ready'),
    });
    expect(child.readyLine).toBe(`ready ${child.pid}`);
    await Promise.all([child.stop(), child.stop()]);
    await child.stop();
    expect(isAlive(child.pid)).toBe(false);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('tells the exit status of a program that ends early, with its last lines of output', async () => {
    const start = startProcess({
      name: 'failing',
      command: NODE,
      args: ['-e', 'console.log("one"); console.error("no such table"); process.exitCode = 3;'],
      readyWhen: () => false,
    });
    await expect(start).rejects.toThrow(ProcessStartError);
    await expect(start).rejects.toThrow(/^failing ended before it was ready \(exit status 3\)\n/);
    await expect(start).rejects.toThrow(/no such table/);
  });

  it('stops a program that is not ready in time', async () => {
    const start = startProcess({
      name: 'slow',
      command: NODE,
      args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000);'],
      readyWhen: () => false,
      readyTimeoutMs: 1_000,
    });
    const error: unknown = await start.catch((reason: unknown) => reason);
    if (!(error instanceof ProcessStartError)) throw new Error('it was expected to fail');
    expect(error.message).toMatch(/not ready in time/);
    expect(isAlive(Number(error.output[0]))).toBe(false);
  });

  it('refuses a program that does not exist, by name', async () => {
    const start = startProcess({ name: 'absent', command: join(directory, 'absent'), args: [] });
    await expect(start).rejects.toThrow(/^absent cannot be started: .*ENOENT/);
  });

  it('keeps reading what a talkative program writes, and logs it', async () => {
    const logFile = join(directory, 'logs', 'talkative.log');
    const child = await startProcess({
      name: 'talkative',
      command: NODE,
      args: ['-e', 'for (let i = 0; i < 20000; i++) console.log("line " + i); console.error("the end");'],
      logFile,
    });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    const isComplete = (): boolean =>
      existsSync(logFile) &&
      /line 19999\n/.test(readFileSync(logFile, 'utf8')) &&
      readFileSync(logFile, 'utf8').includes('the end');
    for (let attempt = 0; attempt < 100 && !isComplete(); attempt++) await delay(50);
    expect(isComplete()).toBe(true);
  });

  it('ends what the program itself started', async () => {
    const child = await startProcess({
      name: 'family',
      command: NODE,
      args: [
        '-e',
        `const c = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
         console.log('grandchild ' + c.pid); setInterval(() => {}, 1000);`,
      ],
      readyWhen: (line) => line.startsWith('grandchild'),
    });
    const grandchild = Number(child.readyLine?.split(' ')[1]);
    expect(isAlive(grandchild)).toBe(true);
    child.kill('SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await untilGone(grandchild)).toBe(true);
  });
});
