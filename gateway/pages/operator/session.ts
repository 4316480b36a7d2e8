import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { seal, unseal } from '../../../client/links/sealed.js';
import type { LinkKeys } from '../../../domain/keys-file.js';
import type { GatewayHono } from '../../http/hono-types.js';
import type { Caller } from '../../keys/api-keys.js';
import type { PagesParts } from '../parts.js';

/** Who is signed in, and what the forms of the session are bound to. */
export interface Session {
  readonly caller: Caller;
  readonly subject: string;
  readonly id: string;
  /** ms since the epoch. */
  readonly endsAt: number;
  readonly keys: LinkKeys;
}

/** A working day. */
const OPEN_FOR_S = 8 * 3_600;
const NONCE_BYTES = 12;

/** The browser gives it back to this origin alone, and never with what another site sent it to. */
export function signIn(context: Context<GatewayHono>, caller: Caller, parts: SessionParts): void {
  const expiry = Math.floor(Date.now() / 1_000) + OPEN_FOR_S;
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const content = JSON.stringify([caller.keyId, expiry, nonce]);
  const secure = isSecure(parts);
  setCookie(context, cookieName(secure), seal(parts.linkKeys, 'operator-session', content), {
    httpOnly: true,
    secure,
    sameSite: 'Strict',
    path: '/',
    maxAge: OPEN_FOR_S,
  });
}

/**
 * Of the cookie there may be a copy, which opens nothing from now on, whichever gateway it is shown to.
 *
 * @throws CausewayError `Unreachable`; then the session goes on
 */
export async function signOut(
  context: Context<GatewayHono>,
  { id, endsAt }: Session,
  parts: Pick<PagesParts, 'settings' | 'endedSessions'>,
): Promise<void> {
  await parts.endedSessions.add(id, endsAt);
  const secure = isSecure(parts);
  deleteCookie(context, cookieName(secure), { path: '/', secure });
}

/**
 * Null unless the cookie is one of a session that has not expired; what the key may do is looked up each time, so that a
 * removed key opens nothing. Whether somebody signed out is for `endedSessions` to say.
 */
export function sessionOf(context: Context<GatewayHono>, parts: PagesParts): Session | null {
  const { linkKeys } = parts;
  const cookie = getCookie(context, cookieName(isSecure(parts)));
  if (cookie === undefined || linkKeys === null) return null;
  const unsealed = unseal(linkKeys, 'operator-session', cookie);
  if (!unsealed.ok) return null;
  const parsed: unknown = JSON.parse(unsealed.content);
  const [keyId, expiry, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (typeof keyId !== 'string' || typeof expiry !== 'number' || typeof id !== 'string') return null;
  const endsAt = expiry * 1_000;
  const caller = endsAt > Date.now() ? parts.keys.callerOf(keyId) : null;
  return caller === null ? null : { caller, subject: cookie, id, endsAt, keys: linkKeys };
}

type SessionParts = Pick<PagesParts, 'settings'> & { linkKeys: LinkKeys };

function isSecure({ settings }: Pick<PagesParts, 'settings'>): boolean {
  return settings.publicUrl.startsWith('https:');
}

/** With the prefix, browsers take it over https and for this host only. */
function cookieName(secure: boolean): string {
  return secure ? '__Host-causeway' : 'causeway';
}
