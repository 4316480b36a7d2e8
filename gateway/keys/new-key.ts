import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseKeysText } from '../../domain/keys-file.js';
import { newApiKey } from './api-keys.js';

const USAGE =
  'keys new --name NAME --scope peerings:read [--scope peerings:write] [--organization ORG]… [--file FILE]';

/**
 * `gateway keys new`: adds a key to the file, and prints it, once.
 *
 * @param keysPath the file, where none is named
 * @returns what to print
 * @throws Error in one line, or with a line for every problem; the file is then as it was
 */
export async function addNewKey(args: readonly string[], keysPath: string | null): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      organization: { type: 'string', multiple: true },
      file: { type: 'string' },
    },
  });
  const path = values.file ?? keysPath;
  if (path === null) throw new Error(`name the file with --file, or set CAUSEWAY_KEYS; ${USAGE}`);
  const { key, id, sha256 } = newApiKey();
  const entry = {
    id,
    name: values.name ?? '',
    sha256,
    scopes: values.scope ?? [],
    ...(values.organization === undefined ? {} : { organizations: values.organization }),
  };
  await writeKeys(path, await withEntry(path, entry));
  return `${key}\n`;
}

/** The text of the file with one key more. */
async function withEntry(path: string, entry: object): Promise<string> {
  const known: unknown = JSON.parse((await textOf(path)) ?? '{}');
  if (typeof known !== 'object' || known === null) throw new Error(`${path} is not valid`);
  const before: unknown = Reflect.get(known, 'apiKeys');
  const text = `${JSON.stringify({ ...known, apiKeys: [...(Array.isArray(before) ? (before as unknown[]) : []), entry] }, null, 2)}\n`;
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw new Error(`nothing was added:\n  ${parsed.problems.join('\n  ')}\n${USAGE}`);
  return text;
}

/** Null where there is no file yet; one that is there must be valid, before anything is added to it. */
async function textOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  const text = await readFile(path, 'utf8');
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw new Error(`${path} is not valid:\n  ${parsed.problems.join('\n  ')}`);
  return text;
}

/** Whoever reads the file meanwhile sees all of it, old or new. */
async function writeKeys(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
