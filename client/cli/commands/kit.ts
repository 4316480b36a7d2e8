import { writeFile } from 'node:fs/promises';
import { printable, quoted } from '../../../domain/quoting.js';
import { isKitFormat, KIT_FORMATS, renderKit, type KitFormat } from '../../kits/formats.js';
import { kitFor } from '../../kits/kit.js';
import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { connectionKey } from '../input.js';
import { present } from '../screen.js';
import { withCauseway } from '../session.js';

export interface KitOptions {
  organization: string;
  vpc: string;
  format: string;
  out?: string;
}

/** `causeway kit`: what the customer's network administrator is to do, for exactly this connection. */
export async function kit(
  { organization, vpc, format, out }: KitOptions,
  { environment, screen }: CliContext,
): Promise<void> {
  const key = connectionKey(organization, vpc);
  const wanted = knownFormat(format);
  const status = await withCauseway(environment, (client) => client.status(key));
  const contents = kitFor(status);
  const { fileName, text } = renderKit(contents, wanted);
  if (out !== undefined) await write(out, text);
  present(screen, { ...key, format: wanted, fileName, text, kit: contents }, () =>
    out === undefined ? text.trimEnd() : `${printable(out)}: written; give it to the customer`,
  );
}

function knownFormat(text: string): KitFormat {
  if (isKitFormat(text)) return text;
  throw badInput(`${quoted(text)} is no format of a kit; give one of ${KIT_FORMATS.join(', ')}`);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badInput(`cannot write ${file}: ${why}; name another file with --out`, error);
  }
}
