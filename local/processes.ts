import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startSupervised } from './setup/supervised.mjs';

/** How a program ended: one of the two is null. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start, and how to know that it is ready. */
export interface StartProcessOptions {
  /** Shown in errors and in the process list. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program; this process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Appended to, with what the program writes to stdout and stderr; made with its directory when missing. */
  readonly logFile?: string;
  /** Given each line of stdout until it says yes; absent: ready as soon as the program runs. */
  readonly readyWhen?: (stdoutLine: string) => boolean;
  /** Milliseconds to wait for `readyWhen`; 30,000 by default. */
  readonly readyTimeoutMs?: number;
}

/** A program that ends when this process does, in whatever way this process ends. */
export interface SupervisedProcess {
  readonly name: string;
  /** Process id of the program itself, not of its supervisor. */
  readonly pid: number;
  /** The line that `readyWhen` said yes to. */
  readonly readyLine?: string;
  readonly exited: Promise<ProcessExit>;
  /** The last lines of stdout and stderr so far, oldest first, at most 20. */
  lastLines(): readonly string[];
  /** Ends the program and whatever it started: SIGTERM, five seconds later SIGKILL. May be called again. */
  stop(): Promise<void>;
  /** Sends a signal to the program alone; does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/** A program could not be started, ended early, or was not ready in time. The message has its last lines of output. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
  /** What happened, in one line. */
  readonly summary: string;
  /** Last lines of stdout and stderr, oldest first. */
  readonly lastLines: readonly string[];

  constructor(summary: string, lastLines: readonly string[] = []) {
    super([summary, ...lastLines.map((line) => `  ${line}`)].join('\n'));
    this.summary = summary;
    this.lastLines = lastLines;
  }
}

const KEPT_LINES = 20;
const READY_TIMEOUT_MS = 30_000;
/** How long output that is still on its way may follow the news that the program has ended. */
const LAST_OUTPUT_MS = 250;

/**
 * Starts a program under supervision and waits until it is ready.
 *
 * @throws ProcessStartError when it cannot be started, ends before it is ready, or is not ready in time
 *   (it is then stopped).
 */
export async function startProcess(options: StartProcessOptions): Promise<SupervisedProcess> {
  const { name, readyWhen } = options;
  const child = await startSupervised({ ...options, output: 'pipe' }).catch((error: unknown) => {
    throw new ProcessStartError(`${name} cannot be started: ${describe(error)}`);
  });
  let noteReady: ((line: string) => void) | undefined;
  const ready = new Promise<string>((resolve) => (noteReady = resolve));
  const output = collectOutput(child, options.logFile, (line) => {
    if (noteReady === undefined || readyWhen?.(line) !== true) return;
    noteReady(line);
    noteReady = undefined;
  });
  const handle = {
    name,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
    kill: child.kill,
    lastLines: () => [...output.lines],
  };
  if (readyWhen === undefined) return handle;

  const tooLate = timeout(options.readyTimeoutMs ?? READY_TIMEOUT_MS);
  const outcome = await Promise.race([ready, tooLate.promise, child.exited]).finally(tooLate.cancel);
  if (typeof outcome === 'string') return { ...handle, readyLine: outcome };
  if (outcome !== undefined) {
    await output.drained();
    throw new ProcessStartError(`${name} ended before it was ready (${describeExit(outcome)})`, output.lines);
  }
  await child.stop();
  throw new ProcessStartError(`${name} was not ready in time and has been stopped`, output.lines);
}

/** In words: `exit status 3`, `killed by SIGKILL`. */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exit status ${code ?? 0}` : `killed by ${signal}`;
}

/** Reads all the program writes, always, for a program whose pipe is full stands still. */
function collectOutput(
  child: { readonly stdout: Readable | null; readonly stderr: Readable | null },
  logFile: string | undefined,
  onStdoutLine: (line: string) => void,
): { lines: readonly string[]; drained: () => Promise<void> } {
  const lines: string[] = [];
  if (logFile !== undefined) mkdirSync(dirname(logFile), { recursive: true });
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
  // A full disk must not take the stack down for the sake of its log.
  log?.on('error', () => undefined);
  const read = (stream: Readable | null): Promise<void> =>
    new Promise((resolve) => {
      if (stream === null) {
        resolve();
        return;
      }
      const reader = createInterface({ input: stream, crlfDelay: Infinity });
      reader.once('close', resolve);
      reader.on('line', (line) => {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        log?.write(`${line}\n`);
        if (stream === child.stdout) onStdoutLine(line);
      });
    });
  const ended = Promise.all([read(child.stdout), read(child.stderr)]).then(() => log?.end());
  return {
    lines,
    drained: async () => {
      const limit = timeout(LAST_OUTPUT_MS);
      await Promise.race([ended, limit.promise]).finally(limit.cancel);
    },
  };
}

function timeout(ms: number): { promise: Promise<undefined>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
