import { DEFAULT_TASK_QUEUE } from '../contract/names.js';

/** All that the worker process reads from its environment, besides Temporal's and AWS's own configuration. */
export interface WorkerEnvironment {
  configPath: string;
  /** The file of keys; null where none is needed. */
  keysPath: string | null;
  taskQueue: string;
  /** Only for emulators; undefined for AWS itself. */
  awsEndpoint: string | undefined;
  logLevel: string;
  /** Temporal's Worker Versioning, where a deployment uses it: both or neither. */
  deployment: { name: string; buildId: string } | null;
}

/** The AWS SDK reads each of them by itself too, STS's when it assumes a role. */
const AWS_ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL_STS'];

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws Error with one line that says what to set */
export function readWorkerEnvironment(env: NodeJS.ProcessEnv): WorkerEnvironment {
  const allowed = env['CAUSEWAY_ALLOW_AWS_ENDPOINT'] === 'yes';
  for (const variable of AWS_ENDPOINT_VARIABLES) {
    const endpoint = env[variable];
    if (endpoint !== undefined) requireLoopback(variable, endpoint, allowed);
  }
  return {
    configPath: env['CAUSEWAY_CONFIG'] ?? 'causeway.config.json',
    keysPath: env['CAUSEWAY_KEYS'] ?? null,
    taskQueue: env['CAUSEWAY_TASK_QUEUE'] ?? DEFAULT_TASK_QUEUE,
    awsEndpoint: env['AWS_ENDPOINT_URL_EC2'] ?? env['AWS_ENDPOINT_URL'],
    logLevel: env['CAUSEWAY_LOG_LEVEL'] ?? 'info',
    deployment: deploymentOf(env['TEMPORAL_DEPLOYMENT_NAME'], env['TEMPORAL_WORKER_BUILD_ID']),
  };
}

/** Whoever can set the endpoint would see the provider's credentials at work; an emulator is next door. */
function requireLoopback(variable: string, endpoint: string, allowed: boolean): void {
  if (!URL.canParse(endpoint)) throw new Error(`${variable} is not a URL: ${endpoint}`);
  const { hostname } = new URL(endpoint);
  if (!allowed && !LOOPBACK.has(hostname)) {
    throw new Error(
      `${variable} names ${hostname}, which is not this machine; set CAUSEWAY_ALLOW_AWS_ENDPOINT=yes if that is meant`,
    );
  }
}

function deploymentOf(
  name: string | undefined,
  buildId: string | undefined,
): WorkerEnvironment['deployment'] {
  if (name === undefined && buildId === undefined) return null;
  if (name === undefined || buildId === undefined) {
    throw new Error(
      'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID go together; set both, or neither',
    );
  }
  return { name, buildId };
}
