import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { parseKeysText, type ApiKeyEntry, type LinkKeys } from '../../domain/keys-file.js';

/** As the file has it: what is not there is left out. */
export interface WrittenKeys {
  webhook?: string;
  apiKeys?: readonly ApiKeyEntry[];
  links?: LinkKeys;
}

/**
 * Nothing where there is no file yet; one that is there must be valid, before anything is added to it.
 *
 * @throws Error with a line for every problem
 */
export async function keysIn(path: string): Promise<WrittenKeys> {
  if (!existsSync(path)) return {};
  const parsed = parseKeysText(await readFile(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${path} is not valid:\n  ${parsed.problems.join('\n  ')}`);
  const { webhook, apiKeys, links } = parsed.keys;
  return {
    ...(webhook === null ? {} : { webhook }),
    ...(apiKeys.length === 0 ? {} : { apiKeys }),
    ...(links === null ? {} : { links }),
  };
}

/** Whoever reads the file meanwhile sees all of it, old or new. */
export async function writeKeys(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
