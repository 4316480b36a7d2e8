import { fileURLToPath } from 'node:url';
import { EmulatorControl } from './emulator-control.js';
import { startProcess } from './processes.js';

/** The emulated AWS: point `AWS_ENDPOINT_URL` at `endpoint`. */
export interface Emulator {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly pid: number;
  readonly control: EmulatorControl;
  stop(): Promise<void>;
}

export interface StartEmulatorOptions {
  /** A Python that has moto; `emulatorPython()` of `binaries.ts` finds it. */
  readonly python: string;
  /** A free one by default. */
  readonly port?: number;
  /** Appended to, with a line per request. Without it requests are logged nowhere. */
  readonly logFile?: string;
}

const LAUNCHER = fileURLToPath(new URL('./emulator', import.meta.url));
const READY_TIMEOUT_MS = 300_000;

/**
 * Starts the AWS emulator and waits until it listens. It ends when this process does.
 *
 * @throws ProcessStartError when it cannot start: a busy port, or a Python without the right moto.
 */
export async function startEmulator({ python, port = 0, logFile }: StartEmulatorOptions): Promise<Emulator> {
  const started = await startProcess({
    name: 'AWS emulator',
    command: python,
    args: [
      LAUNCHER,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      ...(logFile === undefined ? [] : ['--log', logFile]),
    ],
    readyWhen: (line) => listeningPort(line) !== undefined,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const endpoint = `http://127.0.0.1:${listeningPort(started.readyLine ?? '') ?? port}`;
  return { endpoint, pid: started.pid, control: new EmulatorControl(endpoint), stop: () => started.stop() };
}

/** Static keys of an emulated account; they work whatever the emulator has been through. */
export function credentialsFor(accountId: string): { accessKeyId: string; secretAccessKey: string } {
  if (!/^\d{12}$/.test(accountId))
    throw new Error(`Expected an account number of 12 digits, got '${accountId}'.`);
  return { accessKeyId: `AKIAEMUL${accountId}`, secretAccessKey: 'emulated' };
}

function listeningPort(line: string): number | undefined {
  const found = /^\{"ready": true, "port": (\d+)\}$/.exec(line);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}
