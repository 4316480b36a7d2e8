import { readFile } from 'node:fs/promises';
import { parseSettingsText, type WorkerSettings } from '../../../domain/settings.js';
import { wellDone, wrong, type Finding } from './check.js';

/** As `engines` in package.json has it. */
const NODE_NEEDED = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = NODE_NEEDED;
  const isEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor);
  if (isEnough) return wellDone('node', version);
  const needed = NODE_NEEDED.join('.');
  return wrong('node', {
    detail: `${version}, but Causeway needs ${needed}`,
    next: `Install Node ${needed} or newer`,
  });
}

/** The settings, where they are valid, are what the checks of Schedules go by. */
export async function checkConfiguration(
  path: string,
  namespace: string,
): Promise<{ finding: Finding; settings: WorkerSettings | null }> {
  const name = 'configuration';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const next = 'Write the file, or name another with CAUSEWAY_CONFIG';
    return { finding: wrong(name, { detail: `cannot read ${path}: ${why}`, next }), settings: null };
  }
  const parsed = parseSettingsText(text, namespace);
  if (!parsed.ok) {
    const next = `Correct ${path} and restart the worker`;
    return { finding: wrong(name, { detail: parsed.problems.join('; '), next }), settings: null };
  }
  const { accountId, regions } = parsed.settings.provider;
  const detail = `${path}: account ${accountId}, regions ${regions.join(', ')}`;
  return { finding: wellDone(name, detail), settings: parsed.settings };
}
