import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, VENV_PYTHON } from './setup/layout.mjs';
import { isExecutable, locate, realSurroundings } from './setup/locate.mjs';
import type { Wanted } from './setup/locate.mjs';
import { configuredPython, hasEmulator } from './setup/python.mjs';

/**
 * Where a Temporal binary is. `download` means nowhere on this machine: the SDK has to fetch it.
 * For `@temporalio/testing` these are `{ type: 'existing-path', path }` and `{ type: 'cached-download' }`.
 */
export type Binary =
  | { readonly kind: 'path'; readonly path: string; readonly from: 'variable' | 'PATH' | 'project' }
  | { readonly kind: 'download' };

/**
 * Temporal's command line, which is also the dev server: `TEMPORAL_CLI_PATH`, PATH, the project's environment.
 *
 * @throws MisleadingVariableError when the variable is set and names no executable file.
 */
export function findTemporalCli(): Binary {
  return find(TEMPORAL_CLI);
}

/**
 * The time-skipping test server: `TEMPORAL_TEST_SERVER_PATH`, PATH, the project's environment.
 *
 * @throws MisleadingVariableError when the variable is set and names no executable file.
 */
export function findTestServer(): Binary {
  return find(TEMPORAL_TEST_SERVER);
}

/**
 * Absolute path of a Python that has the AWS emulator: `CAUSEWAY_PYTHON` if that one has it, else the project's.
 *
 * @throws MisleadingVariableError when `CAUSEWAY_PYTHON` is set and names no executable file.
 * @throws Error when the project is not set up; the message says how to do so.
 */
export function emulatorPython(): string {
  const configured = configuredPython(realSurroundings());
  if (configured !== null && hasEmulator(configured)) return configured;
  if (isExecutable(VENV_PYTHON)) return VENV_PYTHON;
  throw new Error(
    'The AWS emulator is not installed: run `npm run demo` or `npm test` once, they set it up.',
  );
}

function find(wanted: Wanted): Binary {
  const located = locate(wanted, realSurroundings());
  return located === null ? { kind: 'download' } : { kind: 'path', ...located };
}
