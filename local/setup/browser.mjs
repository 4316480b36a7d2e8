/** Finds a Chromium for the browser tests, and installs Debian's where that is possible. They are skipped without one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './layout.mjs';
import { isExecutable, onPath, realSurroundings } from './locate.mjs';

const VARIABLE = 'CAUSEWAY_CHROMIUM';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** On macOS browsers are not on PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
/** 300 MB on a slow line; beyond that tests go on without. */
const INSTALL_WITHIN_MS = 240_000;

/** @returns {string | null} the path of a program; empty variable: none is wanted */
export function findBrowser() {
  const named = process.env[VARIABLE];
  if (named !== undefined) return named === '' ? null : named;
  const surroundings = realSurroundings();
  return (
    NAMES.map((name) => onPath(name, surroundings)).find((path) => path !== null) ??
    PLACES.find(isExecutable) ??
    null
  );
}

/**
 * Tries once, and lets the tests say what is missing: a browser is no part of what Causeway needs.
 *
 * @param {readonly string[]} args of the test run; a run of other parts needs no browser
 */
export function ensureBrowser(args) {
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const isWanted = paths.length === 0 || paths.some((path) => path.includes('browser'));
  if (!isWanted || !existsSync(join(PROJECT_ROOT, 'test', 'browser'))) return;
  if (findBrowser() !== null || process.env[VARIABLE] !== undefined) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  process.stderr.write('causeway: installing Chromium for the browser tests …\n');
  const deadline = Date.now() + INSTALL_WITHIN_MS;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const aptArguments of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const timeout = deadline - Date.now();
    if (timeout <= 0) return;
    const { status } = spawnSync('apt-get', aptArguments, { env, stdio: 'ignore', timeout });
    if (status !== 0 && aptArguments[0] === 'install') return;
  }
}
