import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WAIT_MS } from '../../harness/bounds.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Stands for npm: notes the call, waits `FAKE_NPM_MS`, then prints `FAKE_NPM_FAILS` and fails, or installs.
 * tsx is linked from the real project, for the commands run through it.
 */
const FAKE_NPM = `
const fs = require('node:fs');
fs.appendFileSync('calls.log', 'npm ' + process.pid + '\\n');
setTimeout(() => {
  if (process.env.FAKE_NPM_FAILS) { console.error(process.env.FAKE_NPM_FAILS); process.exit(1); }
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules');
  fs.symlinkSync(process.env.REAL_TSX, 'node_modules/tsx');
  if (!process.env.FAKE_NPM_FORGETS) fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}, Number(process.env.FAKE_NPM_MS || 0));`;

/** Stands for Python: tells its version and the emulator's, makes an environment, and is that one's pip. */
const FAKE_PYTHON = `
const fs = require('node:fs'), path = require('node:path');
const [first, second, ...rest] = process.argv.slice(2);
const fail = (message) => { console.error(message); process.exit(1); };
if (first === '-c' && second.includes('version_info')) console.log(process.env.FAKE_PYTHON_VERSION || '3.12.4');
else if (first === '-c') process.env.FAKE_MOTO ? console.log(process.env.FAKE_MOTO) : fail('no moto');
else if (second === 'venv') {
  fs.appendFileSync('calls.log', 'venv ' + process.pid + '\\n');
  if (process.env.FAKE_VENV_FAILS) fail(process.env.FAKE_VENV_FAILS);
  fs.mkdirSync(path.join(rest[0], 'bin'), { recursive: true });
  fs.copyFileSync(__filename, path.join(rest[0], 'bin', 'python'));
} else if (second === 'pip') {
  fs.appendFileSync('calls.log', 'pip ' + process.pid + '\\n');
  if (process.env.FAKE_PIP_FAILS) fail(process.env.FAKE_PIP_FAILS);
}`;

/** How a run ended and what it printed. */
export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that is still going on. */
export interface RunningCommand {
  readonly pid: number;
  readonly result: Promise<RunResult>;
  stdout(): string;
  stderr(): string;
}

/** Set-up's own files in a directory of their own, with nothing installed, and fakes of the tools it calls. */
export interface FakeProject {
  readonly directory: string;
  /** The only directory on PATH. */
  readonly binDirectory: string;
  /** `npm`, `venv` and `pip`, in the order in which they were called. */
  calls(): string[];
  /** Process id of the latest call of a tool. */
  pidOfLatest(tool: string): number;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<RunResult>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): RunningCommand;
  remove(): void;
}

/** Makes a project whose `demo` is the given program. */
export function makeFakeProject(demo = 'console.log("ran", ...process.argv.slice(2));'): FakeProject {
  const directory = mkdtempSync(join(tmpdir(), 'causeway-setup-'));
  const binDirectory = join(directory, 'fake-bin');
  for (const path of ['local/run.mjs', 'local/supervise.mjs', 'local/setup']) {
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  }
  write(join(directory, 'local/demo/main.ts'), demo);
  write(join(directory, 'package.json'), '{ "name": "fake", "version": "1.0.0" }');
  write(
    join(directory, 'package-lock.json'),
    JSON.stringify({
      packages: { '': {}, 'node_modules/tsx': { version: '4.0.0', integrity: 'sha512-fake' } },
    }),
  );
  makeProgram(join(binDirectory, 'npm'), FAKE_NPM);
  makeProgram(join(binDirectory, 'python3'), FAKE_PYTHON);

  const callLines = (): string[][] => {
    const log = join(directory, 'calls.log');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  };
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand =>
    startCommand(process.execPath, [join(directory, 'local/run.mjs'), ...args], {
      PATH: binDirectory,
      HOME: directory,
      REAL_TSX: join(ROOT, 'node_modules', 'tsx'),
      ...env,
    });
  return {
    directory,
    binDirectory,
    calls: () => callLines().map(([tool = '']) => tool),
    pidOfLatest: (tool) => Number(callLines().findLast(([name]) => name === tool)?.[1]),
    start,
    run: (args, env) => start(args, env).result,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs a program in a process group of its own, as a shell does, and collects what it prints. */
export function startCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): RunningCommand {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const result = new Promise<RunResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { pid: child.pid ?? Number.NaN, result, stdout: () => stdout, stderr: () => stderr };
}

/** Makes an executable that Node runs as a CommonJS program. */
export function makeProgram(path: string, program: string): void {
  write(path, `#!${process.execPath}\n${program}`);
  chmodSync(path, 0o755);
}

/** Waits until something holds; the bound only catches what hangs. */
export async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
    if (holds()) return;
    await delay(50);
  }
  throw new Error('it did not come to hold in time');
}

/** Whether a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
