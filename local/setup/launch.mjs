/** Runs one of the project's commands once set-up is complete, and ends as it ended. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureSetUp } from './ensure.mjs';
import { InterruptedError, SetupError } from './failure.mjs';
import { PROJECT_ROOT, STATE_DIRECTORY } from './layout.mjs';
import { startSupervised } from './supervised.mjs';
import { ringEnvironment, TEST_COMMANDS } from './rings.mjs';
import { jestArguments, prepareTotals, printTotals } from './test-run.mjs';

/** Long enough for a demo that is told to end to take down what it built. */
const GRACE_MS = 15_000;
/** A Ctrl-C arrives twice, from the terminal and from npm; the second within this time is the same one. */
const SAME_INTERRUPT_MS = 500;
/** So many separate Ctrl-C mean that the program is to be ended, whether it wants to or not. */
const IMPATIENT_INTERRUPTS = 3;

/** @type {Record<string, string>} */
const ENTRY_FILES = { demo: 'local/demo/main.ts', local: 'local/main.ts', bench: 'bench/main.ts' };

/** Many containers forbid Python to keep what it has compiled; the emulator would then start in twice the time, each time. */
const PYTHON_CACHE = {
  PYTHONDONTWRITEBYTECODE: '',
  PYTHONPYCACHEPREFIX: join(STATE_DIRECTORY, 'python-cache'),
};

/** @typedef {import('./supervised.mjs').Exit} Exit */

/**
 * @param {readonly string[]} argv the command's name and its arguments
 * @returns {Promise<void>} after setting the exit status: the command's own, 128 + n when signal n ended it,
 *   1 when set-up failed, 2 for a command that does not exist
 */
export async function main(argv) {
  const [command = '', ...args] = argv;
  const entryFile = ENTRY_FILES[command];
  const tests = TEST_COMMANDS[command];
  if (tests === undefined && entryFile === undefined) {
    const commands = [...Object.keys(TEST_COMMANDS), ...Object.keys(ENTRY_FILES)];
    fail(`usage: node local/run.mjs ${commands.join('|')} [arguments]`, 2);
  } else if (entryFile !== undefined && !existsSync(join(PROJECT_ROOT, entryFile))) {
    fail(`causeway: ${entryFile} does not exist, so there is no ${command} to run.`, 2);
  } else if (await isSetUp({ forTests: tests !== undefined })) {
    await (tests === undefined
      ? runProgram(['--import', 'tsx', entryFile ?? '', ...args])
      : runTests(tests, args));
  }
}

/**
 * @param {{ forTests: boolean }} purpose
 * @returns {Promise<boolean>} false: what was wrong has been said, and the exit status set
 */
async function isSetUp(purpose) {
  try {
    await ensureSetUp(purpose);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError || error instanceof InterruptedError)) throw error;
    fail(`causeway: ${error.message}`, error instanceof InterruptedError ? statusOfSignal(error.signal) : 1);
    return false;
  }
}

/** @param {readonly string[]} args */
async function runProgram(args) {
  process.exitCode = statusOf(await runNode(args, { stdin: 'ignore', env: {} }));
}

/**
 * @param {import('./rings.mjs').TestCommand} command
 * @param {readonly string[]} args for jest
 */
async function runTests(command, args) {
  ensureBrowser(args);
  const totals = prepareTotals();
  const exit = await runNode(jestArguments(args, command.maxWorkers), {
    stdin: 'inherit',
    env: { NODE_ENV: 'test', NODE_NO_WARNINGS: '1', ...ringEnvironment(command, args), ...totals.env },
  });
  process.exitCode = statusOf(exit);
  printTotals(totals, exit);
}

/**
 * @param {readonly string[]} args
 * @param {{ stdin: 'ignore' | 'inherit', env: NodeJS.ProcessEnv }} options `env` is added to this process's own
 * @returns {Promise<Exit>}
 */
async function runNode(args, { stdin, env }) {
  const child = await startSupervised({
    name: 'causeway',
    command: process.execPath,
    args,
    cwd: PROJECT_ROOT,
    env: {
      ...process.env,
      ...PYTHON_CACHE,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...env,
    },
    output: 'inherit',
    stdin,
    graceMs: GRACE_MS,
  });
  let interrupts = 0;
  let lastInterruptAt = -Infinity;
  process.on('SIGINT', () => {
    if (Date.now() - lastInterruptAt < SAME_INTERRUPT_MS) return;
    lastInterruptAt = Date.now();
    interrupts += 1;
    if (interrupts < IMPATIENT_INTERRUPTS) child.kill('SIGINT');
    else void child.stop();
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  return child.exited;
}

/** @param {Exit} exit */
function statusOf({ code, signal }) {
  return signal === null ? (code ?? 1) : statusOfSignal(signal);
}

/** @param {NodeJS.Signals} signal */
function statusOfSignal(signal) {
  return 128 + constants.signals[signal];
}

/**
 * @param {string} line
 * @param {number} status
 */
function fail(line, status) {
  process.stderr.write(`${line}\n`);
  process.exitCode = status;
}
