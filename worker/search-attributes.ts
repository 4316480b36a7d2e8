import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.js';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/** `PERMISSION_DENIED` and `UNIMPLEMENTED` of gRPC: a server, or a proxy before it, may keep its operator service to itself. */
const LISTING_REFUSED: readonly number[] = [7, 12];
/** `INVALID_ARGUMENT` */
const REFUSED_QUERY: readonly number[] = [3];

/**
 * Registers the search attributes that are missing: an unregistered one would fail every workflow task that writes it.
 *
 * @returns a warning where Temporal does not let the worker list them; null when all are known to be there
 * @throws Error naming those that could not be registered, or have another type
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<string | null> {
  const listed = await listSearchAttributes(connection, namespace);
  if (listed === null) {
    await ensureRegistered(connection, namespace, await missingByQuery(connection, namespace));
    return `Temporal does not let this worker list search attributes; unless ${NAMES.join(', ')} are registered, no workflow gets on; to make them, run: ${createCommand(NAMES)}`;
  }
  const wrong = NAMES.filter((name) => (listed[name] ?? KEYWORD) !== KEYWORD);
  if (wrong.length > 0) {
    throw new Error(`search attributes ${wrong.join(', ')} exist with another type; Causeway needs Keyword`);
  }
  const missing = NAMES.filter((name) => listed[name] === undefined);
  await ensureRegistered(connection, namespace, missing);
  return null;
}

const NAMES: readonly string[] = SEARCH_ATTRIBUTES.map(({ name }) => name);

const createCommand = (names: readonly string[]): string =>
  `temporal operator search-attribute create ${names.map((name) => `--name ${name} --type Keyword`).join(' ')}`;

/** Types by name; null when the worker may not ask. */
async function listSearchAttributes(
  { operatorService }: Connection,
  namespace: string,
): Promise<Record<string, number> | null> {
  try {
    return (await operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (isGrpcServiceError(error) && LISTING_REFUSED.includes(error.code)) return null;
    throw error;
  }
}

/** Those that no query may name. Every worker may ask such a query; where it gets another answer, nothing is known. */
async function missingByQuery({ workflowService }: Connection, namespace: string): Promise<string[]> {
  const isMissing = async (name: string): Promise<boolean> => {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` });
      return false;
    } catch (error) {
      return isGrpcServiceError(error) && REFUSED_QUERY.includes(error.code);
    }
  };
  const answers = await Promise.all(NAMES.map(isMissing));
  return NAMES.filter((_, index) => answers[index] === true);
}

async function ensureRegistered(
  connection: Connection,
  namespace: string,
  missing: readonly string[],
): Promise<void> {
  if (missing.length === 0) return;
  try {
    await registerSearchAttributes(connection, namespace, missing);
  } catch (cause) {
    throw new Error(
      `search attributes ${missing.join(', ')} are missing and could not be registered; run: ${createCommand(missing)}`,
      { cause },
    );
  }
}

/** Registers these as Keyword; those that exist already are an error of Temporal's. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  names: readonly string[] = NAMES,
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
