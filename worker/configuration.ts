import { readFile } from 'node:fs/promises';
import { parseSettingsText, type WorkerSettings } from '../domain/settings.js';

/** @throws Error whose message has a line for every problem in the file */
export async function readConfiguration(path: string, defaultDeployment: string): Promise<WorkerSettings> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`cannot read the configuration ${path}; name another file with CAUSEWAY_CONFIG`, {
      cause,
    });
  });
  const parsed = parseSettingsText(text, defaultDeployment);
  if (!parsed.ok) throw new Error(`${path} is not valid:\n  ${parsed.problems.join('\n  ')}`);
  return parsed.settings;
}
