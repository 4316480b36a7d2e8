import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/**
 * Registers the search attributes that are missing: an unregistered one would fail every workflow task that writes it.
 *
 * @throws Error naming those that could not be registered, or have another type
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
  const wrong = names.filter((name) => (customAttributes[name] ?? KEYWORD) !== KEYWORD);
  if (wrong.length > 0) {
    throw new Error(`search attributes ${wrong.join(', ')} exist with another type; Causeway needs Keyword`);
  }
  const missing = names.filter((name) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  try {
    await registerSearchAttributes(connection, namespace, missing);
  } catch (cause) {
    const commands = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new Error(
      `search attributes ${missing.join(', ')} are missing and could not be registered; run: temporal operator search-attribute create ${commands}`,
      { cause },
    );
  }
}

/** Registers these as Keyword; those that exist already are an error of Temporal's. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  names: readonly string[] = SEARCH_ATTRIBUTES.map(({ name }) => name),
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
