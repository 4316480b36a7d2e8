import { randomBytes } from 'node:crypto';
import type { ConnectionKey } from '../../contract/names.js';
import type { PeeringStatus } from '../../contract/status.js';
import { DAY_MS } from '../../domain/durations.js';
import type { LinkKeys } from '../../domain/keys-file.js';
import { organizationId, vpcId } from '../../domain/request/text-fields.js';
import { seal, unseal, type SealRefusal } from './sealed.js';

/** What a customer's link says: which connection it opens, until when, and of which generation it is. */
export interface CustomerLink extends ConnectionKey {
  /** As the connection's status has it; of another one, the link is revoked. */
  readonly generation: number;
  /** ms since the epoch, a whole second. */
  readonly expiresAt: number;
}

export type LinkRefusal = SealRefusal | 'expired' | 'revoked';

export type OpenedLink =
  { readonly ok: true; readonly link: CustomerLink } | { readonly ok: false; readonly refusal: LinkRefusal };

/** As long as a request waits in AWS. */
export const LONGEST_LINK_DAYS = 7;
const LONGEST_MS = LONGEST_LINK_DAYS * DAY_MS;
/** Between the clock of the machine that signed and that of the one that verifies. */
const CLOCKS_DIFFER_MS = 300_000;

const AUDIENCE = 'customer';
const NONCE_BYTES = 12;
const NONCE = /^[A-Za-z0-9_-]{16}$/;
const SECOND_MS = 1_000;

/**
 * The token of `/c/{token}`. Two links for the same connection differ, also when made in the same second.
 *
 * @throws RangeError when it would be open for more than 7 days
 */
export function signLink(link: CustomerLink, keys: LinkKeys, now: number): string {
  if (link.expiresAt > now + LONGEST_MS)
    throw new RangeError(`a link is open for ${LONGEST_LINK_DAYS} days at most`);
  const expiry = Math.floor(link.expiresAt / SECOND_MS);
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const content = [AUDIENCE, link.organizationId, link.vpcId, link.generation, expiry, nonce];
  return seal(keys, 'customer-link', JSON.stringify(content));
}

/**
 * Whether it opens a connection, as far as it says itself; whether it is revoked, only the connection knows.
 *
 * @param now ms since the epoch
 */
export function openLink(token: string, keys: LinkKeys, now: number): OpenedLink {
  const unsealed = unseal(keys, 'customer-link', token);
  if (!unsealed.ok) return unsealed;
  const link = linkIn(unsealed.content);
  if (link === null || link.expiresAt > now + LONGEST_MS + CLOCKS_DIFFER_MS)
    return { ok: false, refusal: 'malformed' };
  return link.expiresAt > now ? { ok: true, link } : { ok: false, refusal: 'expired' };
}

/** The newest link is the only one that opens. */
export function isRevoked(
  link: Pick<CustomerLink, 'generation'>,
  status: Pick<PeeringStatus, 'linkGeneration'>,
): boolean {
  return link.generation !== status.linkGeneration;
}

/** It was signed by us, and is looked at as closely as if it was not: a key may have signed other things before. */
function linkIn(content: string): CustomerLink | null {
  const parts = partsOf(content);
  if (parts?.length !== 6) return null;
  const [audience, organization, vpc, generation, expiry, nonce] = parts;
  const organizationOf = organizationId.safeParse(organization);
  const vpcOf = vpcId.safeParse(vpc);
  if (audience !== AUDIENCE || !organizationOf.success || !vpcOf.success) return null;
  if (!isCount(generation) || !isCount(expiry) || typeof nonce !== 'string' || !NONCE.test(nonce))
    return null;
  return {
    organizationId: organizationOf.data,
    vpcId: vpcOf.data,
    generation,
    expiresAt: expiry * SECOND_MS,
  };
}

function partsOf(content: string): unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(content);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
