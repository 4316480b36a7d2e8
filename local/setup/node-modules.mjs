/** The project's node modules, exactly as locked, without running any package's scripts. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from './failure.mjs';
import { LOG_DIRECTORY, PROJECT_ROOT } from './layout.mjs';
import { hasStamp, stampKey, writeStamp } from './stamp.mjs';
import { runTool } from './tool.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage */

const LOCK = join(PROJECT_ROOT, 'package-lock.json');
const INSTALLED_LOCK = join(PROJECT_ROOT, 'node_modules', '.package-lock.json');
const FAILURE = 'node modules cannot be installed';
const STAMP = join(PROJECT_ROOT, 'node_modules', '.causeway-setup');

/** @type {import('./ensure.mjs').Part} */
export const nodeModules = {
  name: 'node modules',
  isReady: () => {
    const key = currentKey();
    if (hasStamp(STAMP, key)) return true;
    if (!isInstalledAsLocked()) return false;
    try {
      writeStamp(STAMP, key);
    } catch {
      // Without the stamp the next run compares the two lock files again, which takes a moment longer.
    }
    return true;
  },
  install: async (interruption) => {
    await runTool(
      {
        failure: FAILURE,
        command: 'npm',
        args: [
          'ci',
          '--ignore-scripts',
          // The tests need them even where NODE_ENV is production.
          '--include=dev',
          '--no-audit',
          '--no-fund',
          '--loglevel=error',
          // npm's own pauses between tries add up to more than a minute without a word.
          '--fetch-retry-mintimeout=2000',
          '--fetch-retry-maxtimeout=10000',
        ],
        cwd: PROJECT_ROOT,
        env: npmEnvironment(),
        logFile: join(LOG_DIRECTORY, 'npm.log'),
      },
      interruption,
    );
    // npm has been seen to end with success when nearly nothing could be written.
    if (!isInstalledAsLocked() || !isWhole()) {
      throw explain(
        FAILURE,
        'npm ended well, but not everything is there: delete node_modules and try again',
      );
    }
    writeStamp(STAMP, currentKey());
  },
};

function currentKey() {
  const major = process.versions.node.split('.')[0] ?? '';
  return stampKey([LOCK], [`node ${major}`, process.platform, process.arch]);
}

/** Run from inside `npm run`, npm would take the outer call's project for its own. */
function npmEnvironment() {
  const env = { ...process.env };
  delete env['npm_config_local_prefix'];
  return env;
}

/**
 * npm writes what it has installed into a lock file of its own, last of all. When that one agrees with the
 * project's lock, somebody has run npm by hand and there is nothing to do.
 */
function isInstalledAsLocked() {
  const wanted = readPackages(LOCK);
  const installed = readPackages(INSTALLED_LOCK);
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, locked]) => {
    if (path === '' || locked.link === true) return true;
    const found = installed[path];
    if (found === undefined) return locked.optional === true && !isForThisMachine(locked);
    return found.version === locked.version && found.integrity === locked.integrity;
  });
}

/** @returns {boolean} whether every installed package has at least a description of itself */
function isWhole() {
  return Object.keys(readPackages(INSTALLED_LOCK) ?? {}).every((path) => {
    try {
      return statSync(join(PROJECT_ROOT, path, 'package.json')).size > 0;
    } catch {
      return false;
    }
  });
}

/**
 * Of the optional packages npm leaves out those for other machines, and what only those need. One that names
 * this machine has to be there. (Not judged by are packages for one C library: Node does not tell cheaply which
 * one this machine has, and esbuild's, which comes without one, tells a foreign installation as well.)
 *
 * @param {LockedPackage} locked
 */
function isForThisMachine({ os, cpu, libc }) {
  return (
    libc === undefined && os?.includes(process.platform) === true && cpu?.includes(process.arch) === true
  );
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | null}
 */
function readPackages(path) {
  try {
    /** @type {unknown} */
    const lock = JSON.parse(readFileSync(path, 'utf8'));
    return /** @type {{ packages?: Record<string, LockedPackage> }} */ (lock).packages ?? null;
  } catch {
    return null;
  }
}
