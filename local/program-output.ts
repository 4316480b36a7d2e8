import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** What a program has written to stdout and stderr, as far as it is kept. */
export interface ProgramOutput {
  /** The first lines and the last, and between them a line that says how many are left out. */
  lines(): readonly string[];
  /** Resolves when all of it has arrived, or, where something else holds the pipes open, after a moment. */
  drained(): Promise<void>;
}

/** A panic gives its reason first and a long stack after it; others give theirs last. */
const KEPT_FIRST = 20;
const KEPT_LAST = 20;
/** How long output that is still on its way may follow the news that the program has ended. */
const LAST_OUTPUT_MS = 250;

/** Reads all the program writes, always, for a program whose pipe is full stands still. */
export function collectOutput(
  { stdout, stderr }: { readonly stdout: Readable | null; readonly stderr: Readable | null },
  logFile: string | undefined,
  onStdoutLine: (line: string) => void,
): ProgramOutput {
  const first: string[] = [];
  const last: string[] = [];
  let leftOut = 0;
  const log = logFile === undefined ? undefined : openLog(logFile);
  const keep = (line: string): void => {
    log?.write(`${line}\n`);
    if (first.length < KEPT_FIRST) {
      first.push(line);
      return;
    }
    last.push(line);
    if (last.length <= KEPT_LAST) return;
    last.shift();
    leftOut += 1;
  };
  const ended = Promise.all([
    read(stdout, (line) => {
      keep(line);
      onStdoutLine(line);
    }),
    read(stderr, keep),
  ]).then(() => log?.end());
  return {
    lines: () => [...first, ...(leftOut === 0 ? [] : [`… ${leftOut} lines left out …`]), ...last],
    drained: async () => {
      const limit = new AbortController();
      const moment = delay(LAST_OUTPUT_MS, undefined, { signal: limit.signal }).catch(() => undefined);
      await Promise.race([ended, moment]);
      limit.abort();
    },
  };
}

function openLog(logFile: string): ReturnType<typeof createWriteStream> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  // A full disk must not take the stack down for the sake of its log.
  log.on('error', () => undefined);
  return log;
}

async function read(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return;
  const reader = createInterface({ input: stream, crlfDelay: Infinity });
  reader.on('line', onLine);
  await new Promise((resolve) => reader.once('close', resolve));
}
