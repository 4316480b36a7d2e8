import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { keysIn, writeKeys } from './keys-on-disk.js';

const SECRET_BYTES = 32;
const ID_BYTES = 4;
/** Links are open for 7 days, so with one key a week none but the newest two are needed. */
const KEPT = 4;

/**
 * `gateway keys link`: makes the key that customers' links and operators' sessions are signed with from the next start on.
 * The ones before it still verify, the newest three of them.
 *
 * @param keysPath the file, where none is named
 * @returns what to print; the secret is not
 * @throws Error in one line, or with a line for every problem; the file is then as it was
 */
export async function addNewLinkKey(args: readonly string[], keysPath: string | null): Promise<string> {
  const { values } = parseArgs({ args: [...args], options: { file: { type: 'string' } } });
  const path = values.file ?? keysPath;
  if (path === null)
    throw new Error('name the file with --file, or set CAUSEWAY_KEYS; keys link [--file FILE]');
  const known = await keysIn(path);
  const id = randomBytes(ID_BYTES).toString('hex');
  // A letter first: JSON keeps names that are numbers in an order of their own.
  const current = `k${id}`;
  const older = Object.entries(known.links?.secrets ?? {}).slice(1 - KEPT);
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const links = { current, secrets: Object.fromEntries([...older, [current, secret]]) };
  await writeKeys(path, `${JSON.stringify({ ...known, links }, null, 2)}\n`);
  return `${current} signs links from the next start of the gateway on; ${older.length} older verify\n`;
}
