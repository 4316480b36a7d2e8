import { userInfo } from 'node:os';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';

/** Where a gateway of this machine listens unless it is told otherwise. */
const DEFAULT_PUBLIC_URL = 'http://localhost:3000';

/** All that the command line reads from its environment, besides Temporal's own configuration. */
export interface CliEnvironment {
  /** The worker's configuration, which `doctor` and `regions` look at. */
  configPath: string;
  taskQueue: string;
  /** The file of keys, which `link` signs with; null where there is none. */
  keysPath: string | null;
  /** Where customers reach the gateway, as they write it; only `link` says it. */
  publicUrl: string;
  /** Whether the user wants no colour (no-color.org), or has a terminal that knows none. */
  plain: boolean;
}

export function readCliEnvironment(env: NodeJS.ProcessEnv): CliEnvironment {
  return {
    configPath: env['CAUSEWAY_CONFIG'] ?? 'causeway.config.json',
    taskQueue: env['CAUSEWAY_TASK_QUEUE'] ?? DEFAULT_TASK_QUEUE,
    keysPath: env['CAUSEWAY_KEYS'] ?? null,
    publicUrl: env['CAUSEWAY_PUBLIC_URL'] ?? DEFAULT_PUBLIC_URL,
    plain: (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb',
  };
}

/** Who gives an order, unless it says so: a container's user may have no name. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'operator';
  }
}
