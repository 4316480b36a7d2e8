import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { seal, unseal } from '../../client/links/sealed.js';
import type { LinkKeys } from '../../domain/keys-file.js';
import type { GatewayHono } from '../http/hono-types.js';

/** Proves that a form was on a page that we gave to whoever holds `subject`, a link or a session. */
export function formToken(subject: string, keys: LinkKeys): string {
  return seal(keys, 'form', digestOf(subject));
}

export function isFormToken(text: string, { subject, keys }: { subject: string; keys: LinkKeys }): boolean {
  const unsealed = unseal(keys, 'form', text);
  const expected = Buffer.from(digestOf(subject));
  const given = Buffer.from(unsealed.ok ? unsealed.content : '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digestOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

/** The fields of a form, each text at most so long; null when it is none. */
export async function readForm(
  context: Context<GatewayHono>,
  lengths: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, string>> | null> {
  const type = context.req.header('Content-Type') ?? '';
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) return null;
  const sent = new URLSearchParams(await context.req.text());
  const fields: Record<string, string> = {};
  for (const [name, longest] of Object.entries(lengths)) {
    fields[name] = (sent.get(name) ?? '').trim().slice(0, longest);
  }
  return fields;
}
