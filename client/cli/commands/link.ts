import { readFile } from 'node:fs/promises';
import { parseKeysText, type LinkKeys } from '../../../domain/keys-file.js';
import { quoted } from '../../../domain/quoting.js';
import { LONGEST_LINK_DAYS } from '../../links/customer-link.js';
import { linkUrl } from '../../links/link-url.js';
import { newLink } from '../../links/new-link.js';
import type { CliContext } from '../context.js';
import { operatorName, type CliEnvironment } from '../environment.js';
import { badInput } from '../exit-status.js';
import { connectionKey } from '../input.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

export interface LinkOptions {
  organization: string;
  vpc: string;
  days?: string;
  by?: string;
}

/** `causeway link`: everything is looked at before the links that are out there are revoked. */
export async function link(
  { organization, vpc, days, by }: LinkOptions,
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(organization, vpc);
  const open = daysOf(days);
  const keys = await linkKeys(environment);
  const publicUrl = checkedUrl(environment);
  const wanted = { key, by: by ?? operatorName(), days: open };
  const { url, expiresAt } = await withCauseway(environment, (client) =>
    newLink(client, wanted, { keys, publicUrl }),
  );
  present(
    screen,
    { ...key, url, expiresAt },
    () =>
      `${url}\n\nOpen until ${expiresAt}; earlier links are revoked. Whoever has it can accept or decline: send it to the customer alone.`,
  );
}

function daysOf(text: string | undefined): number {
  const days = text === undefined ? LONGEST_LINK_DAYS : /^\d$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= LONGEST_LINK_DAYS) return days;
  throw badInput(`--days: ${quoted(text ?? '')} is no number from 1 to ${LONGEST_LINK_DAYS}`);
}

/** The gateway verifies with the same file. */
async function linkKeys({ keysPath }: CliEnvironment): Promise<LinkKeys> {
  const next = 'name the file of keys that the gateway has with CAUSEWAY_KEYS';
  if (keysPath === null) throw badInput(`there is no key to sign a link with; ${next}`);
  const text = await readFile(keysPath, 'utf8').catch((error: unknown) => {
    throw badInput(`cannot read ${keysPath}; ${next}`, error);
  });
  const parsed = parseKeysText(text);
  if (!parsed.ok) throw badInput(`${keysPath} is not valid: ${parsed.problems.join('; ')}`);
  if (parsed.keys.links === null)
    throw badInput(`${keysPath} has no keys for links; run npm run gateway -- keys link`);
  return parsed.keys.links;
}

function checkedUrl({ publicUrl }: CliEnvironment): string {
  try {
    linkUrl(publicUrl, '');
    return publicUrl;
  } catch (error) {
    throw badInput(
      `CAUSEWAY_PUBLIC_URL: ${quoted(publicUrl)} is no address such as https://peering.example.com`,
      error,
    );
  }
}
