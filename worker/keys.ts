import { readFile, stat } from 'node:fs/promises';
import { parseKeysText } from '../domain/keys-file.js';
import type { WorkerSettings } from '../domain/settings.js';

/** What the file of keys holds, for the worker. */
export interface Keys {
  /** `whsec_` and the key in base64, as the receiver of notifications has it too. */
  webhook: string | null;
  /** What is wrong with the file, though it can be used. */
  warning: string | null;
}

const GROUP_AND_OTHERS = 0o077;

/**
 * Reads the file of keys once; a rotated key counts from the next start. No message quotes what is in the file.
 *
 * @throws Error in one line for a file that is missing, with a line for every problem for one that is not valid
 */
export async function readKeys(path: string | null): Promise<Keys> {
  if (path === null) return { webhook: null, warning: null };
  const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch((cause: unknown) => {
    throw new Error(`cannot read the keys ${path}; name another file with CAUSEWAY_KEYS`, { cause });
  });
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw new Error(`${path} is not valid:\n  ${parsed.problems.join('\n  ')}`);
  const exposed = (mode & GROUP_AND_OTHERS) !== 0;
  return {
    webhook: parsed.keys.webhook,
    warning: exposed ? 'others than the owner can use the file of keys; chmod 600 it' : null,
  };
}

/**
 * The key for the webhook that the settings name; null where they name none.
 *
 * @throws Error in one line that says what to set
 */
export function webhookSecretFor({ notifications }: WorkerSettings, keys: Keys): string | null {
  if (notifications.webhookUrl === null) return null;
  if (keys.webhook !== null) return keys.webhook;
  throw new Error(
    'notifications.webhookUrl needs a key to sign with; set CAUSEWAY_KEYS to a file with { "webhook": "whsec_…" }',
  );
}
