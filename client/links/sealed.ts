import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkKeys } from '../../domain/keys-file.js';

/** What is sealed for one purpose is worth nothing for another. */
export type SealPurpose = 'customer-link' | 'operator-session' | 'form';

export type Unsealed =
  { readonly ok: true; readonly content: string } | { readonly ok: false; readonly refusal: SealRefusal };

export type SealRefusal = 'malformed' | 'forged';

/** Longer than anything that is sealed here, and short enough for every proxy's longest address. */
const LONGEST = 1_024;
const SEALED = /^([a-z0-9-]{1,16})\.([A-Za-z0-9_-]{1,900})\.([A-Za-z0-9_-]{43})$/;

/** Stands in for a key that is not known, so that the answer takes as long. */
const NO_SECRET = Buffer.alloc(32);

/**
 * Signs a text by HMAC-SHA256 with the current key; all keys verify, so that they can be changed without a gap. The text
 * stays readable. URL-safe: `<key id>.<content>.<signature>`.
 *
 * @throws RangeError when the current key is not among the secrets, or the text is too long
 */
export function seal(keys: LinkKeys, purpose: SealPurpose, content: string): string {
  const secret = secretOf(keys, keys.current);
  if (secret === undefined) throw new RangeError(`there is no signing key ${keys.current}`);
  const signed = `${keys.current}.${Buffer.from(content, 'utf8').toString('base64url')}`;
  const sealed = `${signed}.${signatureOf(secret, purpose, signed)}`;
  if (sealed.length > LONGEST || !SEALED.test(sealed))
    throw new RangeError('what is to be sealed is too long');
  return sealed;
}

/** What was sealed for that purpose by any of the keys. Exactly one text passes for each content and key. */
export function unseal(keys: LinkKeys, purpose: SealPurpose, sealed: string): Unsealed {
  if (sealed.length > LONGEST) return { ok: false, refusal: 'malformed' };
  const [, keyId, encoded, signature] = SEALED.exec(sealed) ?? [];
  if (keyId === undefined || encoded === undefined || signature === undefined)
    return { ok: false, refusal: 'malformed' };
  const secret = secretOf(keys, keyId);
  const expected = signatureOf(secret ?? NO_SECRET, purpose, `${keyId}.${encoded}`);
  const isGenuine = timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  return isGenuine && secret !== undefined
    ? { ok: true, content: Buffer.from(encoded, 'base64url').toString('utf8') }
    : { ok: false, refusal: 'forged' };
}

function secretOf({ secrets }: LinkKeys, keyId: string): Buffer | undefined {
  const secret = Object.hasOwn(secrets, keyId) ? secrets[keyId] : undefined;
  return secret === undefined ? undefined : Buffer.from(secret, 'base64url');
}

function signatureOf(secret: Buffer, purpose: SealPurpose, signed: string): string {
  return createHmac('sha256', secret).update(`causeway ${purpose} 1\n${signed}`).digest('base64url');
}
