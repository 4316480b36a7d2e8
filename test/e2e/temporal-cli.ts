import { execFile } from 'node:child_process';
import { findTemporalCli } from '../../local/binaries.js';
import { downloadTemporalCli } from '../../local/temporal-download.js';
import { WAIT_MS } from '../harness/bounds.js';

/** How a call of the `temporal` binary ended; `json` is its standard output, null when that is no JSON. */
export interface CliAnswer {
  readonly code: number;
  readonly json: unknown;
  readonly stderr: string;
}

/** Runs `temporal workflow …` against one server, as somebody without our client would. */
export type TemporalCli = (...args: readonly string[]) => Promise<CliAnswer>;

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

export async function temporalCli(address: string, namespace: string): Promise<TemporalCli> {
  const found = findTemporalCli();
  const command = found.kind === 'path' ? found.path : await downloadTemporalCli();
  return (...args) =>
    new Promise((resolve) => {
      execFile(
        command,
        ['workflow', ...args, '--address', address, '--namespace', namespace, '--output', 'json'],
        { timeout: WAIT_MS, maxBuffer: MOST_OUTPUT_BYTES },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), json: parsed(stdout), stderr });
        },
      );
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What stands at a path in an answer; undefined where the path ends. */
export function at(json: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );
}
