import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKeyEntry, Scope } from '../../domain/keys-file.js';

/** Who calls. */
export interface Caller {
  keyId: string;
  scopes: ReadonlySet<Scope>;
  /** All that may be seen; null for everything. */
  organizations: ReadonlySet<string> | null;
}

/** `cwk_`, the id, and 32 random bytes in base64url: what leaks into logs or repositories can be searched for. */
const KEY = /^cwk_([a-z0-9]{8,16})_[A-Za-z0-9_-]{43}$/;
const ID_BYTES = 5;
const SECRET_BYTES = 32;

/** A new key, to be given to whoever is to use it, and what of it the file keeps. */
export function newApiKey(): { key: string; id: string; sha256: string } {
  const id = randomBytes(ID_BYTES).toString('hex');
  const key = `cwk_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { key, id, sha256: digestOf(key).toString('hex') };
}

/** The keys that open the API. */
export class ApiKeys {
  readonly #entries: ReadonlyMap<string, ApiKeyEntry>;

  constructor(entries: readonly ApiKeyEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
  }

  /** Null for whatever is no key of ours; how long that takes does not tell how near it was. */
  callerWith(key: string): Caller | null {
    const id = KEY.exec(key)?.[1] ?? '';
    const entry = this.#entries.get(id);
    const expected = Buffer.from(entry?.sha256 ?? NO_DIGEST, 'hex');
    const isRight = timingSafeEqual(digestOf(key), expected);
    return isRight ? this.callerOf(id) : null;
  }

  /** Whoever has that key, as the file says now; null once the key is gone. */
  callerOf(keyId: string): Caller | null {
    const entry = this.#entries.get(keyId);
    if (entry === undefined) return null;
    const { scopes, organizations } = entry;
    return {
      keyId,
      scopes: new Set(scopes),
      organizations: organizations === undefined ? null : new Set(organizations),
    };
  }
}

/** Of no key that anyone could find. */
const NO_DIGEST = '00'.repeat(32);

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
