/**
 * The one order in which the programs that Causeway does not ship are looked for:
 * the program's variable, PATH, the project's own environment, and then (null) the SDK's download.
 * Plain JavaScript: set-up uses it before any package is installed.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** @typedef {{ path: string, from: 'variable' | 'PATH' | 'project' }} Located */

/**
 * @typedef {object} Wanted
 * @property {string} program file name, such as `temporal`
 * @property {string} variable environment variable that names the file and is used instead of looking further
 * @property {string | null} projectDirectory the project's own `bin`; null: not looked at
 */

/**
 * @typedef {object} Surroundings
 * @property {NodeJS.ProcessEnv} env
 * @property {string} cwd what a relative path in a variable or in PATH refers to
 * @property {(path: string) => boolean} isExecutable
 */

/** A variable is set and names nothing that can be run. The message is one line and says what to do. */
export class MisleadingVariableError extends Error {
  /**
   * @param {string} variable
   * @param {string} value
   */
  constructor(variable, value) {
    super(
      `${variable} is set to ${JSON.stringify(value)}, which is no executable file: correct it or unset it.`,
    );
    this.name = 'MisleadingVariableError';
  }
}

/**
 * Pure: all it knows comes through its arguments.
 *
 * @param {Wanted} wanted
 * @param {Surroundings} surroundings
 * @returns {Located | null} null when it is nowhere and has to be downloaded
 * @throws {MisleadingVariableError} a set variable is never skipped
 */
export function locate(wanted, surroundings) {
  const { env, cwd, isExecutable } = surroundings;
  const value = env[wanted.variable];
  if (value !== undefined && value !== '') {
    const path = value.includes('/') ? resolve(cwd, value) : onPath(value, surroundings);
    if (path === null || !isExecutable(path)) throw new MisleadingVariableError(wanted.variable, value);
    return { path, from: 'variable' };
  }
  const path = onPath(wanted.program, { env, cwd, isExecutable });
  if (path !== null) return { path, from: 'PATH' };
  if (wanted.projectDirectory === null) return null;
  const projectPath = join(wanted.projectDirectory, wanted.program);
  return isExecutable(projectPath) ? { path: projectPath, from: 'project' } : null;
}

/**
 * @param {string} program
 * @param {Surroundings} surroundings
 * @returns {string | null}
 */
export function onPath(program, { env, cwd, isExecutable }) {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (directory === '') continue;
    const path = join(isAbsolute(directory) ? directory : resolve(cwd, directory), program);
    if (isExecutable(path)) return path;
  }
  return null;
}

/** @returns {Surroundings} those of this process */
export function realSurroundings() {
  return { env: process.env, cwd: process.cwd(), isExecutable };
}

/**
 * @param {string} path
 * @returns {boolean} whether it is a file that this user may run
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
