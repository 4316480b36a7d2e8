import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../contract/search-attributes.js';
import { unreachable, wellDone, wrong, type Finding } from './check.js';

/** What is looked at in Temporal, and where. */
export interface TemporalSubject {
  connection: Connection;
  namespace: string;
  taskQueue: string;
}

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;
/** Status code of gRPC. */
const NOT_FOUND = 5;

/** A worker asks for work at least once a minute; Temporal remembers those that have gone for five. */
const ASKS_WITHIN_MS = 90_000;

export async function checkServer({ connection }: TemporalSubject, address: string): Promise<Finding> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  return wellDone('temporal', `server ${serverVersion} at ${address}`);
}

export async function checkNamespace({ connection, namespace }: TemporalSubject): Promise<Finding> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return wellDone('namespace', namespace);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const next = `Set TEMPORAL_NAMESPACE, or run: temporal operator namespace create --namespace ${namespace}`;
    return unreachable('namespace', { detail: `there is no namespace ${namespace}`, next });
  }
}

function isNotFound(error: unknown): boolean {
  if (!isGrpcServiceError(error)) return false;
  const code: number = error.code;
  return code === NOT_FOUND;
}

export async function checkSearchAttributes({ connection, namespace }: TemporalSubject): Promise<Finding> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
  const missing = names.filter((name) => customAttributes[name] === undefined);
  const otherwise = names.filter((name) => (customAttributes[name] ?? KEYWORD) !== KEYWORD);
  if (otherwise.length > 0) {
    return wrong('search attributes', {
      detail: `${otherwise.join(', ')} exist with another type than Keyword`,
      next: 'Remove them, or use another namespace; the worker registers them when it starts',
    });
  }
  if (missing.length > 0) {
    return wrong('search attributes', {
      detail: `not registered: ${missing.join(', ')}`,
      next: `Start the worker, which registers them, or run: temporal operator search-attribute create ${missing.map((name) => `--name ${name} --type Keyword`).join(' ')}`,
    });
  }
  return wellDone('search attributes', `all ${names.length} registered`);
}

export async function checkWorker({ connection, namespace, taskQueue }: TemporalSubject): Promise<Finding> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
  });
  const since = Date.now() - ASKS_WITHIN_MS;
  const living = pollers.filter(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since,
  );
  const workers = new Set(living.map(({ identity }) => identity)).size;
  if (workers > 0) {
    return wellDone('worker', `${workers} ${workers === 1 ? 'polls' : 'poll'} the task queue ${taskQueue}`);
  }
  return wrong('worker', {
    detail: `nobody polls the task queue ${taskQueue}`,
    next: 'Start a worker with `npm run worker`, or name its task queue with CAUSEWAY_TASK_QUEUE',
  });
}
