/** Sets up what is missing, once: a second run finds all of it and changes nothing. */
import { join } from 'node:path';
import { explain, InterruptedError, messageOf, SetupError } from './failure.mjs';
import { PROJECT_ROOT, STATE_DIRECTORY } from './layout.mjs';
import { MisleadingVariableError } from './locate.mjs';
import { nodeModules } from './node-modules.mjs';
import { withProgress } from './progress.mjs';
import { pythonEnvironment, pythonPackages } from './python-environment.mjs';
import { PythonNotFoundError } from './python.mjs';
import { testTools } from './test-tools.mjs';
import { takeLock } from './setup-lock.mjs';
import { Interruption } from './tool.mjs';

/**
 * @typedef {object} Part something that set-up installs
 * @property {string} name
 * @property {() => boolean} isReady looks without changing anything that matters
 * @property {(interruption: Interruption) => Promise<void>} install may be repeated after any interruption
 */

/** In the order in which they build on each other. */
const PARTS = [nodeModules, pythonEnvironment, pythonPackages];

/**
 * @param {{ forTests: boolean }} purpose tests need more than the rest
 * @returns {Promise<void>} once everything is there
 * @throws {SetupError | InterruptedError} the message is one line
 */
export async function ensureSetUp({ forTests }) {
  const parts = forTests ? [...PARTS, testTools] : PARTS;
  try {
    if (parts.every((part) => part.isReady())) return;
    await installMissing(parts);
  } catch (error) {
    if (error instanceof SetupError || error instanceof InterruptedError) throw error;
    if (error instanceof MisleadingVariableError || error instanceof PythonNotFoundError) {
      throw new SetupError(error.message);
    }
    throw explain(`set-up in ${PROJECT_ROOT} failed`, messageOf(error));
  }
}

/** @param {readonly Part[]} parts */
async function installMissing(parts) {
  const interruption = new Interruption();
  /** @param {NodeJS.Signals} signal */
  const raise = (signal) => interruption.raise(signal);
  process.on('SIGINT', raise).on('SIGTERM', raise).on('SIGHUP', raise);
  const release = await takeLock(join(STATE_DIRECTORY, 'setup.lock'), {
    check: () => interruption.check(),
    onWait: (pid) =>
      process.stderr.write(`causeway: waiting for another set-up (process ${pid}) to finish …\n`),
  });
  try {
    for (const [index, part] of parts.entries()) {
      if (part.isReady()) continue;
      const label = `[${index + 1}/${parts.length}] ${part.name}`;
      await withProgress(label, () => part.install(interruption));
    }
  } finally {
    release();
    process.off('SIGINT', raise).off('SIGTERM', raise).off('SIGHUP', raise);
  }
}
