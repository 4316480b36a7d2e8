/**
 * Which Python makes the project's environment, and which one runs the AWS emulator.
 *
 * `CAUSEWAY_PYTHON`, when set, is used instead of looking further: as it is when it already has the emulator at
 * the locked version, and otherwise as the interpreter that the project's own environment is made with.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PYTHON_VARIABLE } from './layout.mjs';
import { isExecutable, locate, onPath } from './locate.mjs';

/** @typedef {import('./locate.mjs').Surroundings} Surroundings */
/** @typedef {readonly [major: number, minor: number, patch: number]} Version */

/** Every Python package, all of them pinned, with hashes. */
export const PYTHON_LOCK = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** As that, of what only tests need. */
export const TEST_TOOLS_LOCK = fileURLToPath(new URL('test-tools.txt', import.meta.url));

const OLDEST_MINOR = 10;
/** The newest for which all of the lock's packages are published in binary form. */
const NEWEST_KNOWN_MINOR = 14;
const PROBE_TIMEOUT_MS = 20_000;

/** No usable Python; the message is one line and says what to do. */
export class PythonNotFoundError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'PythonNotFoundError';
  }
}

/**
 * @param {Surroundings} surroundings
 * @returns {string | null} the absolute path that `CAUSEWAY_PYTHON` names; null when it is not set
 * @throws {import('./locate.mjs').MisleadingVariableError}
 */
export function configuredPython(surroundings) {
  if ((surroundings.env[PYTHON_VARIABLE] ?? '') === '') return null;
  const wanted = { program: 'python3', variable: PYTHON_VARIABLE, projectDirectory: null };
  return locate(wanted, surroundings)?.path ?? null;
}

/**
 * @param {string} python
 * @returns {boolean} whether it can run the emulator as it is: moto at the locked version, and its server's parts
 */
export function hasEmulator(python) {
  const motoVersion = /^moto==([^\s;\\]+)/m.exec(readFileSync(PYTHON_LOCK, 'utf8'))?.[1];
  const program =
    'from importlib.metadata import version as v; v("flask"); v("flask-cors"); print(v("moto"))';
  return motoVersion !== undefined && ask(python, program) === motoVersion;
}

/**
 * Looks for an interpreter to make the environment with: `CAUSEWAY_PYTHON`, else the first on PATH that fits.
 *
 * @param {Surroundings} surroundings
 * @returns {string} absolute path of a CPython of at least 3.10
 * @throws {PythonNotFoundError | import('./locate.mjs').MisleadingVariableError}
 */
export function findBasePython(surroundings) {
  const configured = configuredPython(surroundings);
  if (configured !== null) {
    const version = versionOf(configured);
    if (isRecent(version)) return configured;
    throw new PythonNotFoundError(
      `${PYTHON_VARIABLE} names ${configured}, which is ${describeVersion(version)}: name one of at least 3.${OLDEST_MINOR}, or unset it.`,
    );
  }
  const names = ['python3', 'python'];
  for (let minor = NEWEST_KNOWN_MINOR; minor >= OLDEST_MINOR; minor--) names.push(`python3.${minor}`);
  /** @type {{ path: string, version: Version | null }[]} */
  const seen = [];
  for (const name of names) {
    const path = onPath(name, surroundings);
    if (path === null) continue;
    const version = versionOf(path);
    if (isRecent(version) && (version?.[1] ?? 0) <= NEWEST_KNOWN_MINOR) return path;
    seen.push({ path, version });
  }
  // A newer Python than the lock was made for may still work, so it is better than none.
  const newer = seen.find(({ version }) => isRecent(version));
  if (newer !== undefined) return newer.path;
  const found = seen.map(({ path, version }) => `${path} is ${describeVersion(version)}`).join(', ');
  throw new PythonNotFoundError(
    `no Python of at least 3.${OLDEST_MINOR} found (${found === '' ? 'no python3 or python on PATH' : found}): ` +
      `install one (Debian: apt install python3 python3-venv; macOS: brew install python), or name one in ${PYTHON_VARIABLE}.`,
  );
}

/**
 * @param {string} python
 * @returns {Version | null} null when it does not run
 */
function versionOf(python) {
  if (!isExecutable(python)) return null;
  const answer = ask(python, 'import sys; print("%d.%d.%d" % sys.version_info[:3])');
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(answer ?? '');
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** @param {Version | null} version */
function isRecent(version) {
  return version !== null && version[0] === 3 && version[1] >= OLDEST_MINOR;
}

/** @param {Version | null} version */
function describeVersion(version) {
  return version === null ? 'not a Python that runs' : `Python ${version.join('.')}`;
}

/**
 * @param {string} python
 * @param {string} program
 * @returns {string | null} what it printed, trimmed; null when it failed
 */
function ask(python, program) {
  try {
    return execFileSync(python, ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PROBE_TIMEOUT_MS,
    }).trim();
  } catch {
    return null;
  }
}
