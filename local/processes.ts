import { setTimeout as delay } from 'node:timers/promises';
import { collectOutput } from './program-output.js';
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
  /** Given each line of stdout until it says yes. Without it and `answers`: ready as soon as the program runs. */
  readonly readyWhen?: (stdoutLine: string) => boolean;
  /** Asked again and again until it does not throw. */
  readonly answers?: () => Promise<void>;
  /** Milliseconds to wait for `readyWhen` or `answers`; 30,000 by default. */
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
  /** Ends the program and whatever it started: SIGTERM, five seconds later SIGKILL. May be called again. */
  stop(): Promise<void>;
  /** Sends a signal to the program alone; does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/** A program could not be started, ended early, or was not ready in time. The message has what it wrote. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
  /** What happened, in one line. */
  readonly summary: string;
  /** The first lines of stdout and stderr and the last, oldest first. */
  readonly output: readonly string[];
  /** It was started, and ended by itself. */
  readonly endedEarly: boolean;

  constructor(summary: string, { output = [], endedEarly = false }: StartFailure = {}) {
    super([summary, ...output.map((line) => `  ${line}`)].join('\n'));
    this.summary = summary;
    this.output = output;
    this.endedEarly = endedEarly;
  }
}

interface StartFailure {
  readonly output?: readonly string[];
  readonly endedEarly?: boolean;
}

const READY_TIMEOUT_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Starts a program under supervision and waits until it is ready.
 *
 * @throws ProcessStartError when it cannot be started, ends before it is ready, or is not ready in time
 *   (it is then stopped).
 */
export async function startProcess(options: StartProcessOptions): Promise<SupervisedProcess> {
  const { name, readyWhen, answers, readyTimeoutMs = READY_TIMEOUT_MS } = options;
  const child = await startSupervised({ ...options, output: 'pipe' }).catch((error: unknown) => {
    throw new ProcessStartError(`${name} cannot be started: ${describe(error)}`);
  });
  let noteReady: ((line: string) => void) | undefined;
  const told = new Promise<string>((resolve) => (noteReady = resolve));
  const output = collectOutput(child, options.logFile, (line) => {
    if (noteReady === undefined || readyWhen?.(line) !== true) return;
    noteReady(line);
    noteReady = undefined;
  });
  const handle = { name, pid: child.pid, exited: child.exited, stop: child.stop, kill: child.kill };
  if (readyWhen === undefined && answers === undefined) return handle;

  let refusal = '';
  const over = new AbortController();
  const outcome = await Promise.race([
    told,
    ...(answers === undefined ? [] : [untilAnswered(answers, over.signal, (why) => (refusal = ` (${why})`))]),
    delay(readyTimeoutMs, undefined, { signal: over.signal }),
    child.exited,
  ]).finally(() => over.abort());
  if (outcome === null) return handle;
  if (typeof outcome === 'string') return { ...handle, readyLine: outcome };
  if (outcome === undefined) {
    await child.stop();
    const summary = `${name} was not ready in time${refusal} and has been stopped`;
    throw new ProcessStartError(summary, { output: output.lines() });
  }
  await output.drained();
  throw new ProcessStartError(`${name} ended before it was ready (${describeExit(outcome)})`, {
    output: output.lines(),
    endedEarly: true,
  });
}

/** In words: `exit status 3`, `killed by SIGKILL`. */
function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exit status ${code ?? 0}` : `killed by ${signal}`;
}

async function untilAnswered(
  answers: () => Promise<void>,
  signal: AbortSignal,
  noteRefusal: (why: string) => void,
): Promise<null> {
  for (;;) {
    try {
      await answers();
      return null;
    } catch (error) {
      noteRefusal(describe(error));
    }
    await delay(ASK_EVERY_MS, undefined, { signal });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
