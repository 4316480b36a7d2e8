import type { WorkerSettings } from '../../../domain/settings.js';
import { readConfiguration } from '../configuration.js';
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
  const read = await readConfiguration(path, namespace);
  if (!read.ok) {
    const next = read.isRead
      ? `Correct ${path} and restart the worker`
      : 'Write the file, or name another with CAUSEWAY_CONFIG';
    return { finding: wrong(name, { detail: read.problem, next }), settings: null };
  }
  const { accountId, regions } = read.settings.provider;
  const detail = `${path}: account ${accountId}, regions ${regions.join(', ')}`;
  return { finding: wellDone(name, detail), settings: read.settings };
}
