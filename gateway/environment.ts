import { DEFAULT_TASK_QUEUE } from '../contract/names.js';

/** All that the gateway process reads from its environment, besides Temporal's own configuration. */
export interface GatewayEnvironment {
  host: string;
  port: number;
  /** The file of keys; null where there is none, and then nobody is let in. */
  keysPath: string | null;
  taskQueue: string;
  logLevel: string;
  /** Of one key, and of one link; an address without either has twice as many. */
  requestsPerMinute: number;
  /** How many proxies of our own stand in front: so many addresses of X-Forwarded-For, from its end, are believed. */
  proxies: number;
}

interface Bounds {
  from: number;
  to: number;
  otherwise: number;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** @throws Error with a line for every variable that is wrong */
export function readGatewayEnvironment(env: NodeJS.ProcessEnv): GatewayEnvironment {
  const problems: string[] = [];
  const logLevel = env['CAUSEWAY_LOG_LEVEL'] ?? 'info';
  if (!LOG_LEVELS.includes(logLevel))
    problems.push(`CAUSEWAY_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  const wholeNumber = (name: string, { from, to, otherwise }: Bounds): number => {
    const text = env[name] ?? String(otherwise);
    const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
    if (value >= from && value <= to) return value;
    problems.push(`${name} must be a whole number from ${from} to ${to}`);
    return otherwise;
  };
  const environment: GatewayEnvironment = {
    host: env['CAUSEWAY_HOST'] ?? '127.0.0.1',
    port: wholeNumber('PORT', { from: 0, to: 65_535, otherwise: 3000 }),
    keysPath: env['CAUSEWAY_KEYS'] ?? null,
    taskQueue: env['CAUSEWAY_TASK_QUEUE'] ?? DEFAULT_TASK_QUEUE,
    logLevel,
    requestsPerMinute: wholeNumber('CAUSEWAY_REQUESTS_PER_MINUTE', {
      from: 1,
      to: 1_000_000,
      otherwise: 1_200,
    }),
    proxies: wholeNumber('CAUSEWAY_PROXIES', { from: 0, to: 10, otherwise: 0 }),
  };
  if (problems.length > 0) throw new Error(problems.join('\n  '));
  return environment;
}
