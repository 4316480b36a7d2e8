/** Which tests a command runs: a file's ring is where it lies. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './layout.mjs';

/** Tells `jest.config.mjs` the ring. */
export const RING_VARIABLE = 'CAUSEWAY_RING';

const ALL = '<rootDir>/test/**/*.test.ts';

/** What tries long lists of faults, of inputs, or of connections. */
const FAULTS = ['test/faults/**/*.test.ts', 'test/soak/**/*.test.ts', 'test/**/fuzzing.test.ts'];

/** @type {Record<string, string[]>} for jest's `testMatch` */
export const RINGS = {
  quick: [ALL, ...FAULTS.map((pattern) => `!**/${pattern}`)],
  faults: FAULTS.map((pattern) => `<rootDir>/${pattern}`),
  all: [ALL],
};

/** @typedef {{ ring: string, env: NodeJS.ProcessEnv, maxWorkers: number }} TestCommand */

/** Suites wait more than they work; more at a time than this slow each other down on two cores. */
const MAX_WORKERS = 3;

/** @type {Record<string, TestCommand>} by the name of the script in `package.json` */
export const TEST_COMMANDS = {
  test: { ring: 'quick', env: {}, maxWorkers: MAX_WORKERS },
  'test:faults': { ring: 'faults', env: {}, maxWorkers: MAX_WORKERS },
  'test:exhaustive': { ring: 'all', env: { CAUSEWAY_FAULTS: 'exhaustive' }, maxWorkers: 1 },
};

/**
 * Whoever names files or directories means them, whatever their ring.
 *
 * @param {TestCommand} command
 * @param {readonly string[]} args of the caller
 * @returns {NodeJS.ProcessEnv}
 */
export function ringEnvironment({ ring, env }, args) {
  const namesFiles = args.some((arg) => /^--(runT|t)est(sBy)?Path/.test(arg) || isPath(arg));
  return { ...env, [RING_VARIABLE]: namesFiles ? 'all' : ring };
}

/** @param {string} arg */
function isPath(arg) {
  return arg.includes('/') || arg.endsWith('.ts') || existsSync(join(PROJECT_ROOT, 'test', arg));
}
