import type { Scope } from '../../domain/keys-file.js';
import { ApiKeys, newApiKey } from '../../gateway/keys/api-keys.js';

/** By what they may do: everything, reading only, everything of the organization `org-7`. */
export interface TestKeys {
  readonly all: string;
  readonly reader: string;
  readonly bound: string;
}

/** New ones, and what lets them in. */
export function newTestKeys(): { keys: TestKeys; apiKeys: ApiKeys } {
  const all = entryOf(['peerings:read', 'peerings:write']);
  const reader = entryOf(['peerings:read']);
  const bound = entryOf(['peerings:read', 'peerings:write'], ['org-7']);
  return {
    keys: { all: all.key, reader: reader.key, bound: bound.key },
    apiKeys: new ApiKeys([all.entry, reader.entry, bound.entry]),
  };
}

type Entry = ConstructorParameters<typeof ApiKeys>[0][number];

function entryOf(scopes: Scope[], organizations?: string[]): { key: string; entry: Entry } {
  const { key, id, sha256 } = newApiKey();
  return { key, entry: { id, sha256, name: 'test', scopes, organizations } };
}
