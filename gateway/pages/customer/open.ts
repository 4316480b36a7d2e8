import { CausewayError } from '../../../client/causeway-error.js';
import {
  isRevoked,
  openLink,
  type CustomerLink,
  type LinkRefusal,
} from '../../../client/links/customer-link.js';
import type { PeeringStatus } from '../../../contract/status.js';
import type { LinkKeys } from '../../../domain/keys-file.js';
import type { PagesParts } from '../parts.js';

export interface Opened {
  ok: true;
  token: string;
  link: CustomerLink;
  status: PeeringStatus;
  keys: LinkKeys;
}

/**
 * Everything that has to be right before anything is shown. What is forged costs Temporal nothing.
 *
 * @throws CausewayError `Unreachable` or `NoWorker`
 */
export async function openFor(
  token: string,
  { linkKeys, causeway }: Pick<PagesParts, 'linkKeys' | 'causeway'>,
): Promise<Opened | { ok: false; refusal: LinkRefusal }> {
  if (linkKeys === null) return { ok: false, refusal: 'forged' };
  const opened = openLink(token, linkKeys, Date.now());
  if (!opened.ok) return opened;
  const { link } = opened;
  try {
    const status = await causeway.status(link);
    return isRevoked(link, status)
      ? { ok: false, refusal: 'revoked' }
      : { ok: true, token, link, status, keys: linkKeys };
  } catch (error) {
    // It was genuine: what it opened is forgotten.
    if (error instanceof CausewayError && error.code === 'NotFound') return { ok: false, refusal: 'revoked' };
    throw error;
  }
}
