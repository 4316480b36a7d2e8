import { userInfo } from 'node:os';
import { DEFAULT_TASK_QUEUE } from '../../contract/names.js';

/** All that the command line reads from its environment, besides Temporal's own configuration. */
export interface CliEnvironment {
  /** The worker's configuration, which `doctor` and `regions` look at. */
  configPath: string;
  taskQueue: string;
  /** Whether the user wants no colour (no-color.org), or has a terminal that knows none. */
  plain: boolean;
}

export function readCliEnvironment(env: NodeJS.ProcessEnv): CliEnvironment {
  return {
    configPath: env['CAUSEWAY_CONFIG'] ?? 'causeway.config.json',
    taskQueue: env['CAUSEWAY_TASK_QUEUE'] ?? DEFAULT_TASK_QUEUE,
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
