import { readFile } from 'node:fs/promises';
import { parseSettingsText, type WorkerSettings } from '../../domain/settings.js';
import { badInput } from './exit-status.js';

/** The worker's settings, or why there are none: no file to read, or what is wrong in it. */
export type ReadConfiguration =
  | { readonly ok: true; readonly settings: WorkerSettings }
  | { readonly ok: false; readonly isRead: boolean; readonly problem: string };

/** Reads the worker's configuration; `namespace` is what a deployment is called that has no name of its own. */
export async function readConfiguration(path: string, namespace: string): Promise<ReadConfiguration> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, isRead: false, problem: `cannot read ${path}: ${why}` };
  }
  const parsed = parseSettingsText(text, namespace);
  return parsed.ok ? parsed : { ok: false, isRead: true, problem: parsed.problems.join('; ') };
}

/**
 * As `readConfiguration`, for a command that is of no use without.
 *
 * @throws CliError bad input, naming every problem of the configuration
 */
export async function settingsIn(path: string, namespace: string): Promise<WorkerSettings> {
  const read = await readConfiguration(path, namespace);
  if (read.ok) return read.settings;
  throw badInput(
    read.isRead
      ? `${path} is not valid: ${read.problem}; correct it, and restart the worker`
      : `${read.problem}; run it where the worker's configuration is, or name that with CAUSEWAY_CONFIG`,
  );
}
