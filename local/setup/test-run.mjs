/** How jest is run, and the line that every test run ends with: `N passed, N failed, N skipped`. */
import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from './layout.mjs';

/** Names the file into which `test/closing-line-reporter.mjs` writes the totals, as JSON. */
const TOTALS_VARIABLE = 'CAUSEWAY_TEST_TOTALS';

/** More at a time make the dev servers and emulators of the suites slow each other down. */
const DEFAULT_WORKERS = 2;

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @typedef {{ directory: string, file: string, env: NodeJS.ProcessEnv }} TotalsFile */

/**
 * @param {readonly string[]} args the caller's own, passed on
 * @returns {string[]} for Node
 */
export function jestArguments(args) {
  const hasWorkers = args.some((arg) => /^(--maxWorkers|--max-workers|-w|-i$|--runInBand)/.test(arg));
  return [
    '--experimental-vm-modules',
    join(PROJECT_ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--reporters=default',
    `--reporters=${join(PROJECT_ROOT, 'test', 'closing-line-reporter.mjs')}`,
    ...(hasWorkers ? [] : [`--maxWorkers=${DEFAULT_WORKERS}`]),
    ...args,
  ];
}

/** @returns {TotalsFile} */
export function prepareTotals() {
  const directory = mkdtempSync(join(tmpdir(), 'causeway-test-'));
  const file = join(directory, 'totals.json');
  return { directory, file, env: { [TOTALS_VARIABLE]: file } };
}

/**
 * Prints the closing line. It is printed from here, when jest has ended, because nothing jest prints can then
 * follow it. A run that failed counts at least one failure, also when jest never got as far as to count.
 *
 * @param {TotalsFile} totals
 * @param {import('./supervised.mjs').Exit} exit
 */
export function printTotals({ directory, file }, exit) {
  const counted = readTotals(file);
  rmSync(directory, { recursive: true, force: true });
  // `--listTests`, `--help` and the like run no test and have nothing to close with.
  if (counted === null && exit.code === 0) return;
  const { passed, failed, skipped } = counted ?? { passed: 0, failed: 0, skipped: 0 };
  const failures = exit.code === 0 ? failed : Math.max(failed, 1);
  writeSync(1, `${passed} passed, ${failures} failed, ${skipped} skipped\n`);
}

/**
 * @param {string} file
 * @returns {Totals | null}
 */
function readTotals(file) {
  try {
    /** @type {unknown} */
    const totals = JSON.parse(readFileSync(file, 'utf8'));
    return /** @type {Totals} */ (totals);
  } catch {
    return null;
  }
}
