import { parseArgs } from 'node:util';
import { parseKeysText } from '../../domain/keys-file.js';
import { newApiKey } from './api-keys.js';
import { keysIn, writeKeys } from './keys-on-disk.js';

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
  const known = await keysIn(path);
  const text = `${JSON.stringify({ ...known, apiKeys: [...(known.apiKeys ?? []), entry] }, null, 2)}\n`;
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw new Error(`nothing was added:\n  ${parsed.problems.join('\n  ')}\n${USAGE}`);
  return text;
}
