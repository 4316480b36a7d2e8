import { CausewayError } from '../../../client/causeway-error.js';
import {
  isRevoked,
  openLink,
  type CustomerLink,
  type LinkRefusal,
} from '../../../client/links/customer-link.js';
import { connectionName } from '../../../contract/names.js';
import type { PeeringStatus } from '../../../contract/status.js';
import type { LinkKeys } from '../../../domain/keys-file.js';
import type { PagesParts } from '../parts.js';

/** A link that we signed and that has not expired; whether it was revoked, only its connection knows. */
export interface Genuine {
  ok: true;
  token: string;
  link: CustomerLink;
  keys: LinkKeys;
}

export interface Opened extends Genuine {
  status: PeeringStatus;
}

interface Refused {
  ok: false;
  refusal: LinkRefusal;
}

/**
 * Costs Temporal nothing, and a budget only once it is known whose: what is forged is none of anybody's who has a link.
 *
 * @throws ProblemError `TooManyRequests`
 */
export async function genuine(
  { token, visitor }: { token: string; visitor: string },
  { linkKeys, limits }: Pick<PagesParts, 'linkKeys' | 'limits'>,
): Promise<Genuine | Refused> {
  const answer = verified(token, linkKeys);
  if (answer.ok) await limits.links.take(`${connectionName(answer.link)} ${answer.link.generation}`);
  else await (answer.refusal === 'expired' ? limits.visitors : limits.forgedLinks).take(visitor);
  return answer;
}

function verified(token: string, keys: LinkKeys | null): Genuine | Refused {
  if (keys === null) return { ok: false, refusal: 'forged' };
  const opened = openLink(token, keys, Date.now());
  return opened.ok ? { ok: true, token, link: opened.link, keys } : opened;
}

/**
 * Everything that has to be right before anything is shown.
 *
 * @throws CausewayError `Unreachable` or `NoWorker`
 */
export async function openFor(
  link: Genuine,
  { causeway }: Pick<PagesParts, 'causeway'>,
): Promise<Opened | Refused> {
  try {
    const status = await causeway.status(link.link);
    return isRevoked(link.link, status) ? { ok: false, refusal: 'revoked' } : { ...link, status };
  } catch (error) {
    // It was genuine: what it opened is forgotten.
    if (error instanceof CausewayError && error.code === 'NotFound') return { ok: false, refusal: 'revoked' };
    throw error;
  }
}
