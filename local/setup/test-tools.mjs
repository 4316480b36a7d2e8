/** What only tests need from Python's package index, in an environment of its own: it is no part of the local stack. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_DIRECTORY, TEST_TOOLS_BIN, TEST_TOOLS_DIRECTORY, TEST_TOOLS_VARIABLE } from './layout.mjs';
import { isExecutable, MisleadingVariableError, realSurroundings } from './locate.mjs';
import { installLocked, makeEnvironment } from './python-environment.mjs';
import { configuredPython, findBasePython, TEST_TOOLS_LOCK } from './python.mjs';
import { hasStamp, stampKey, writeStamp } from './stamp.mjs';

const STAMP = join(TEST_TOOLS_DIRECTORY, 'causeway-setup');

/** @type {import('./ensure.mjs').Part} */
export const testTools = {
  name: "AWS CLI, cfn-lint, parliament, schemathesis and Temporal's Python SDK, for tests",
  isReady: () => isNamed() || (isExecutable(join(TEST_TOOLS_BIN, 'python')) && hasStamp(STAMP, currentKey())),
  install: async (interruption) => {
    rmSync(TEST_TOOLS_DIRECTORY, { recursive: true, force: true });
    const environment = { directory: TEST_TOOLS_DIRECTORY, python: findBasePython(realSurroundings()) };
    await makeEnvironment(environment, { log: join(LOG_DIRECTORY, 'test-tools-venv.log'), interruption });
    await installLocked(
      { what: 'the tools of the tests', directory: TEST_TOOLS_DIRECTORY, lock: TEST_TOOLS_LOCK },
      { log: join(LOG_DIRECTORY, 'test-tools-pip.log'), interruption },
    );
    writeStamp(STAMP, currentKey());
  },
};

/**
 * @returns {boolean} whether a variable says where they are
 * @throws {MisleadingVariableError} when they are not there
 */
function isNamed() {
  const directory = process.env[TEST_TOOLS_VARIABLE] ?? '';
  if (directory === '') return false;
  const missing = ['python', 'aws', 'cfn-lint']
    .map((program) => join(directory, program))
    .find((path) => !isExecutable(path));
  if (missing !== undefined) throw new MisleadingVariableError(TEST_TOOLS_VARIABLE, missing);
  return true;
}

function currentKey() {
  return stampKey(
    [TEST_TOOLS_LOCK],
    [process.platform, process.arch, configuredPython(realSurroundings()) ?? ''],
  );
}
