import { readFile, stat } from 'node:fs/promises';
import { parseKeysText, type KeysFile } from '../../domain/keys-file.js';

const GROUP_AND_OTHERS = 0o077;

export interface ReadKeys {
  keys: KeysFile;
  /** What is wrong, though the gateway can start. */
  warning: string | null;
}

/**
 * Reads the file of keys once; a new or removed key counts from the next start. No message quotes what is in the file.
 *
 * @throws Error with a line for every problem
 */
export async function readKeys(path: string | null): Promise<ReadKeys> {
  if (path === null) return { keys: { webhook: null, apiKeys: [], links: null }, warning: NO_KEYS };
  const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch((cause: unknown) => {
    throw new Error(`cannot read the keys ${path}; name another file with CAUSEWAY_KEYS`, { cause });
  });
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw new Error(`${path} is not valid:\n  ${parsed.problems.join('\n  ')}`);
  const exposed = (mode & GROUP_AND_OTHERS) !== 0;
  const warning = exposed ? 'others than the owner can use the file of keys; chmod 600 it' : null;
  return { keys: parsed.keys, warning: parsed.keys.apiKeys.length === 0 ? NO_KEYS : warning };
}

const NO_KEYS =
  'there is no API key, so /v1 refuses everybody; set CAUSEWAY_KEYS and make one with `npm run gateway -- keys new`';
