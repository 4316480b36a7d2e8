/** The project's own Python environment, with the AWS emulator and Temporal's binaries, exactly as locked. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  LOG_DIRECTORY,
  PROJECT_ROOT,
  TEMPORAL_CLI,
  TEMPORAL_TEST_SERVER,
  VENV_DIRECTORY,
  VENV_PYTHON,
} from './layout.mjs';
import { isExecutable, locate, realSurroundings } from './locate.mjs';
import { configuredPython, findBasePython, hasEmulator, PYTHON_LOCK } from './python.mjs';
import { hasStamp, stampKey, writeStamp } from './stamp.mjs';
import { runTool } from './tool.mjs';

const STAMP = join(VENV_DIRECTORY, 'causeway-setup');
/** Made, but without its packages. */
const MADE_STAMP = join(VENV_DIRECTORY, 'causeway-made');

/** @type {import('./ensure.mjs').Part} */
export const pythonEnvironment = {
  name: 'Python environment',
  isReady: () => {
    const configured = configuredPython(realSurroundings());
    return isMade(configured, MADE_STAMP) || isMade(configured, STAMP) || isNeededForNothing(configured);
  },
  install: async (interruption) => {
    const surroundings = realSurroundings();
    const python = findBasePython(surroundings);
    // Half an environment is not repaired but made anew: what was downloaded for it is in pip's cache.
    rmSync(VENV_DIRECTORY, { recursive: true, force: true });
    const environment = { directory: VENV_DIRECTORY, python };
    await makeEnvironment(environment, { log: join(LOG_DIRECTORY, 'venv.log'), interruption });
    writeStamp(MADE_STAMP, currentKey(configuredPython(surroundings)));
  },
};

/** @type {import('./ensure.mjs').Part} */
export const pythonPackages = {
  name: "AWS emulator and Temporal's binaries",
  isReady: () => {
    const configured = configuredPython(realSurroundings());
    return isMade(configured, STAMP) || isNeededForNothing(configured);
  },
  install: async (interruption) => {
    // A package that was cut off half-way can pass for a whole one, so after a broken try all is made anew.
    rmSync(MADE_STAMP, { force: true });
    await installLocked(
      { what: "the AWS emulator and Temporal's binaries", directory: VENV_DIRECTORY, lock: PYTHON_LOCK },
      { log: join(LOG_DIRECTORY, 'pip.log'), interruption },
    );
    writeStamp(STAMP, currentKey(configuredPython(realSurroundings())));
  },
};

/** @typedef {{ log: string, interruption: import('./tool.mjs').Interruption }} Course where a tool's output goes, and what ends it */

/**
 * @param {{ directory: string, python: string }} environment
 * @param {Course} course
 */
export async function makeEnvironment({ directory, python }, { log, interruption }) {
  await runTool(
    {
      failure: `a Python environment cannot be made with ${python}`,
      command: python,
      args: ['-m', 'venv', directory],
      cwd: PROJECT_ROOT,
      env: pythonVariables(),
      logFile: log,
    },
    interruption,
  );
}

/**
 * @param {{ what: string, directory: string, lock: string }} packages into which environment, and by which lock
 * @param {Course} course
 */
export async function installLocked({ what, directory, lock }, { log, interruption }) {
  await runTool(
    {
      failure: `${what} cannot be installed`,
      command: join(directory, 'bin', 'python'),
      args: [
        ...['-m', 'pip', 'install', '--require-hashes', '--only-binary', ':all:', '--no-input'],
        ...['--disable-pip-version-check', '--progress-bar', 'off', '--no-compile'],
        ...['--requirement', lock],
      ],
      cwd: PROJECT_ROOT,
      env: pythonVariables(),
      logFile: log,
    },
    interruption,
  );
}

/**
 * @param {string | null} configured
 * @param {string} stamp
 */
function isMade(configured, stamp) {
  // The environment's python is a link: it leads nowhere when the Python it was made with has been removed.
  return isExecutable(VENV_PYTHON) && hasStamp(stamp, currentKey(configured));
}

/**
 * @param {string | null} configured
 * @returns {boolean} whether everything the environment would hold has been found elsewhere
 */
function isNeededForNothing(configured) {
  const surroundings = realSurroundings();
  return (
    configured !== null &&
    [TEMPORAL_CLI, TEMPORAL_TEST_SERVER].every((binary) =>
      locate({ ...binary, projectDirectory: null }, surroundings),
    ) &&
    hasEmulator(configured)
  );
}

/** @param {string | null} configured */
function currentKey(configured) {
  return stampKey([PYTHON_LOCK], [process.platform, process.arch, configured ?? '']);
}

/** Settings that would send packages, or the search for them, somewhere else than into the environment. */
const MISLEADING_VARIABLES = ['PIP_USER', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PYTHONHOME', 'PYTHONPATH'];

function pythonVariables() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !MISLEADING_VARIABLES.includes(name)),
  );
}
