import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { emulatorPython } from '../../../local/binaries.js';
import { credentialsFor, startEmulator } from '../../../local/emulator.js';

const LAUNCHER = fileURLToPath(new URL('../../../local/emulator', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Launched {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

function launch(...args: string[]): Launched {
  const child = spawn(emulatorPython(), [LAUNCHER, '--port', '0', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('\n')) resolve(output);
    });
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, firstLine, errors: () => errors, ended };
}

describe('the launcher', () => {
  it('prints one line of JSON when it listens, and ends on SIGTERM', async () => {
    const { child, firstLine, ended } = launch();
    const ready: unknown = JSON.parse(await firstLine);
    expect(ready).toEqual({ ready: true, port: expect.any(Number) });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends on SIGINT', async () => {
    const { child, firstLine, ended } = launch();
    await firstLine;
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends with its stdin when told to', async () => {
    const { child, firstLine, ended } = launch('--exit-with-stdin');
    await firstLine;
    child.stdin?.end();
    expect(await ended).toBe(0);
  });

  it('says in one line that its port is taken', async () => {
    const emulator = await startEmulator({ python: emulatorPython() });
    try {
      const port = new URL(emulator.endpoint).port;
      const { ended, errors } = launch('--port', port);
      expect(await ended).toBe(1);
      expect(errors()).toMatch(new RegExp(`^emulator: cannot listen on 127.0.0.1:${port}: [^\\n]+\\n$`));
    } finally {
      await emulator.stop();
    }
  });

  it('writes requests to a log only when asked', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'emulator-log-'));
    const logFile = join(directory, 'requests.log');
    const emulator = await startEmulator({ python: emulatorPython(), logFile });
    try {
      await emulator.control.now();
    } finally {
      await emulator.stop();
    }
    expect(await readFile(logFile, 'utf8')).toContain('GET /_causeway/clock');
    await rm(directory, { recursive: true });
  });

  it('has keys for every account, and none for what is not one', () => {
    expect(credentialsFor('111122223333').accessKeyId).toBe('AKIAEMUL111122223333');
    expect(() => credentialsFor('1111')).toThrow(/12 digits/);
  });
});
