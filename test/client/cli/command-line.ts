import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { compiledCommandLine } from '../../harness/compiled.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** How the command line ended, and what it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
  /** Given all that was written to standard output so far, and a way to send a signal. */
  readonly watch?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the command line in a process of its own. */
export async function causeway(
  args: readonly string[],
  { env = {}, input = '', watch }: RunOptions = {},
): Promise<Ended> {
  const program = await compiledCommandLine();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
      watch?.(written.stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, ...written });
    });
    // A command that does not read its input may have ended before all of it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The command as it has to go wrong: nothing on standard output, one line on standard error. */
export async function causewayRefused(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ status: number | null; line: string }> {
  const { status, stdout, stderr } = await causeway(args, options);
  const [line = '', ...rest] = stderr.split('\n');
  if (stdout !== '' || rest.join('') !== '' || !line.startsWith('causeway: ')) {
    throw new Error(
      `expected one line of error and nothing else, got ${JSON.stringify({ status, stdout, stderr })}`,
    );
  }
  return { status, line };
}

/** The one JSON document on standard output. */
export async function documentOf<T>(ended: Ended | Promise<Ended>): Promise<T> {
  const { status, stdout, stderr } = await ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
