/** Where set-up puts things, and what it looks for. Paths are absolute. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root directory. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** All that set-up makes outside `node_modules`; not in git; may be deleted at any time. */
export const STATE_DIRECTORY = join(PROJECT_ROOT, '.causeway');

export const LOG_DIRECTORY = join(STATE_DIRECTORY, 'log');

export const VENV_DIRECTORY = join(STATE_DIRECTORY, 'venv');

const VENV_BIN = join(VENV_DIRECTORY, 'bin');

export const VENV_PYTHON = join(VENV_BIN, 'python');

/** A Python environment of its own for what only tests need. */
export const TEST_TOOLS_DIRECTORY = join(STATE_DIRECTORY, 'test-tools');

export const TEST_TOOLS_BIN = join(TEST_TOOLS_DIRECTORY, 'bin');

/** The `bin` directory of such an environment elsewhere, to use instead. */
export const TEST_TOOLS_VARIABLE = 'CAUSEWAY_TEST_TOOLS';

/** Where the SDK's download of a binary is kept. */
export const DOWNLOAD_DIRECTORY = join(STATE_DIRECTORY, 'download');

/** @type {import('./locate.mjs').Wanted} */
export const TEMPORAL_CLI = {
  program: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  projectDirectory: VENV_BIN,
};

/** @type {import('./locate.mjs').Wanted} */
export const TEMPORAL_TEST_SERVER = {
  program: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  projectDirectory: VENV_BIN,
};

/** The Python to use instead of looking further: directly when it has the emulator, else as base of the venv. */
export const PYTHON_VARIABLE = 'CAUSEWAY_PYTHON';
