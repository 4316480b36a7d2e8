import { z } from 'zod';
import { organizationId } from './request/text-fields.js';

/** What a key of the HTTP API may do. */
export const SCOPES = ['peerings:read', 'peerings:write'] as const;

export type Scope = (typeof SCOPES)[number];

/** A key of the HTTP API, as the file has it: whoever reads the file cannot use it. */
export interface ApiKeyEntry {
  /** The part of the key that may be shown and logged. */
  readonly id: string;
  /** What the key is for, in the operator's words. */
  readonly name: string;
  /** SHA-256 of the whole key, in hexadecimal: the key itself is random, so nothing slower is needed. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** All it may see; absent, everything. */
  readonly organizations?: readonly string[] | undefined;
}

/** Keys that customers' links are signed with. */
export interface LinkKeys {
  /** The id of the one that new links are signed with; the others only verify. */
  readonly current: string;
  /** Secrets in base64url, by id. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The file that `CAUSEWAY_KEYS` names. */
export interface KeysFile {
  /** `whsec_` and the key in base64, as the receiver of notifications has it too. */
  readonly webhook: string | null;
  readonly apiKeys: readonly ApiKeyEntry[];
  readonly links: LinkKeys | null;
}

export type ParsedKeys =
  { readonly ok: true; readonly keys: KeysFile } | { readonly ok: false; readonly problems: string[] };

/** As the Standard Webhooks specification has it. */
const MIN_WEBHOOK_BYTES = 24;
const MAX_WEBHOOK_BYTES = 64;
const MIN_LINK_BYTES = 32;
const MAX_LINK_BYTES = 64;
const MOST_API_KEYS = 1_000;
const MOST_ORGANIZATIONS = 1_000;

const webhook = z.string().superRefine((text, context) => {
  const problem = webhookProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const apiKey = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{8,16}$/, 'an id is 8 to 16 small letters and digits'),
  name: z.string().regex(/^[\w .,:@/()-]{1,64}$/, 'a name is 1 to 64 plain characters'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 hexadecimal digits; `keys new` makes it'),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  organizations: z.array(organizationId).min(1).max(MOST_ORGANIZATIONS).optional(),
});

const linkId = z.string().regex(/^[a-z0-9-]{1,16}$/, 'an id is 1 to 16 small letters, digits and hyphens');
const linkSecret = z.string().superRefine((text, context) => {
  const bytes = /^[A-Za-z0-9_-]+$/.test(text) ? Math.floor((text.length * 3) / 4) : 0;
  if (bytes < MIN_LINK_BYTES || bytes > MAX_LINK_BYTES) {
    const message = `a link key is ${MIN_LINK_BYTES} to ${MAX_LINK_BYTES} random bytes in base64url`;
    context.addIssue({ code: 'custom', message });
  }
});
const links = z
  .strictObject({ current: linkId, secrets: z.record(linkId, linkSecret) })
  .refine(({ current, secrets }) => Object.hasOwn(secrets, current), {
    message: 'is not the id of one of the secrets',
    path: ['current'],
  });

const keysSchema = z.strictObject({
  webhook: webhook.optional(),
  apiKeys: z
    .array(apiKey)
    .max(MOST_API_KEYS)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two keys have the same id')
    .optional(),
  links: links.optional(),
});

/** Reads the file of keys, and names every problem at once; none quotes what is in the file. */
export function parseKeysText(text: string): ParsedKeys {
  const json = jsonOf(text);
  if (json === undefined) return { ok: false, problems: ['(whole file): is not JSON'] };
  const parsed = keysSchema.safeParse(json.value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || '(whole file)'}: ${message}`,
    );
    return { ok: false, problems };
  }
  const { webhook = null, apiKeys = [], links = null } = parsed.data;
  return { ok: true, keys: { webhook, apiKeys, links } };
}

/** JSON's own error would quote the file. */
function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function webhookProblem(text: string): string | null {
  const encoded = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text)?.[1];
  if (encoded === undefined) return 'a webhook key is whsec_ and its bytes in base64';
  const length = Math.floor((encoded.replace(/=+$/, '').length * 3) / 4);
  return length < MIN_WEBHOOK_BYTES || length > MAX_WEBHOOK_BYTES
    ? `a webhook key has ${MIN_WEBHOOK_BYTES} to ${MAX_WEBHOOK_BYTES} bytes, this one ${length}`
    : null;
}
