import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { WorkerSettings } from '../domain/settings.js';

/** What the file of keys holds, for the worker. */
export interface Keys {
  /** `whsec_` and the key in base64, as the receiver of notifications has it too. */
  webhook: string | null;
  /** What is wrong with the file, though it can be used. */
  warning: string | null;
}

/** As the Standard Webhooks specification has it. */
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

const GROUP_AND_OTHERS = 0o077;

const webhookSecret = z.string().superRefine((text, context) => {
  const problem = webhookSecretProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const keysSchema = z.strictObject({ webhook: webhookSecret.optional() });

/**
 * Reads the file of keys once; a rotated key counts from the next start. No message quotes what is in the file.
 *
 * @throws Error in one line for a file that is missing or not JSON, with a line for every problem for one that is not valid
 */
export async function readKeys(path: string | null): Promise<Keys> {
  if (path === null) return { webhook: null, warning: null };
  const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch((cause: unknown) => {
    throw new Error(`cannot read the keys ${path}; name another file with CAUSEWAY_KEYS`, { cause });
  });
  const parsed = keysSchema.safeParse(jsonOf(text, path));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path: where, message }) => `${where.join('.') || '(whole file)'}: ${message}`,
    );
    throw new Error(`${path} is not valid:\n  ${problems.join('\n  ')}`);
  }
  const exposed = (mode & GROUP_AND_OTHERS) !== 0;
  return {
    webhook: parsed.data.webhook ?? null,
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

/** JSON's own error would quote the file. */
function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON; expected { "webhook": "whsec_…" }`);
  }
}

function webhookSecretProblem(text: string): string | null {
  const encoded = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text)?.[1];
  if (encoded === undefined) return 'a webhook key is whsec_ and its bytes in base64';
  const { length } = Buffer.from(encoded, 'base64');
  return length < MIN_KEY_BYTES || length > MAX_KEY_BYTES
    ? `a webhook key has ${MIN_KEY_BYTES.toString()} to ${MAX_KEY_BYTES.toString()} bytes, this one ${length.toString()}`
    : null;
}
