/** Runs npm, Python and pip for set-up: quietly, with all they print in a log, and endable at any moment. */
import { appendFileSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { explain, InterruptedError, messageOf } from './failure.mjs';
import { startSupervised } from './supervised.mjs';

/** How much of the end of a tool's output is searched for the cause of its failure, in characters. */
const KEPT_OUTPUT = 64 * 1024;

/** With less than this left the disk counts as full. */
const LEAST_FREE_BYTES = 4 * 1024 * 1024;

/**
 * @typedef {object} Tool
 * @property {string} failure what it means for set-up when it fails
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} logFile
 */

/** Set while a signal has told us to stop; given to every tool, so that none outlives the wish. */
export class Interruption {
  constructor() {
    /** @type {NodeJS.Signals | null} */
    this.signal = null;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** @param {NodeJS.Signals} signal */
  raise(signal) {
    this.signal = signal;
    for (const listener of this.listeners) listener();
  }

  /** @throws {InterruptedError} */
  check() {
    if (this.signal !== null) throw new InterruptedError(this.signal);
  }
}

/**
 * @param {Tool} tool
 * @param {Interruption} interruption
 * @returns {Promise<void>} once it has succeeded
 * @throws {import('./failure.mjs').SetupError | InterruptedError}
 */
export async function runTool(tool, interruption) {
  interruption.check();
  let output = '';
  /** @param {Buffer} chunk */
  const keep = (chunk) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    log(tool.logFile, chunk);
  };
  startLog(tool.logFile);
  const child = await startSupervised({ name: basename(tool.command), output: 'pipe', ...tool }).catch(
    (/** @type {unknown} */ error) => {
      throw explain(tool.failure, messageOf(error));
    },
  );
  const stop = () => void child.stop();
  interruption.listeners.add(stop);
  const closed = [child.stdout, child.stderr].map(
    (stream) => new Promise((resolve) => stream?.on('data', keep).once('close', resolve)),
  );
  const exit = await child.exited;
  await Promise.all(closed);
  interruption.listeners.delete(stop);
  interruption.check();
  // On a full disk Python names no cause, and npm even ends as if all were well.
  if (isDiskFull(tool.cwd)) throw explain(tool.failure, 'ENOSPC', tool.logFile);
  if (exit.code !== 0) throw explain(tool.failure, output, tool.logFile);
}

/** @param {string} directory */
function isDiskFull(directory) {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < LEAST_FREE_BYTES;
}

/** @param {string} logFile */
function startLog(logFile) {
  try {
    mkdirSync(dirname(logFile), { recursive: true });
    writeFileSync(logFile, '');
  } catch {
    // A log is a courtesy; whatever stops it from being written shows in the step itself.
  }
}

/**
 * @param {string} logFile
 * @param {Buffer} chunk
 */
function log(logFile, chunk) {
  try {
    appendFileSync(logFile, chunk);
  } catch {
    // As above.
  }
}
