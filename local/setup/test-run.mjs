/** How jest is run, and the lines that every test run ends with: the fault points, and `N passed, N failed, N skipped`. */
import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from './layout.mjs';

/** Names the file into which `test/closing-line-reporter.mjs` writes the totals, as JSON. */
const TOTALS_VARIABLE = 'CAUSEWAY_TEST_TOTALS';

/** Names the file to which the fault suites append what they tried, a JSON object a line. */
const FAULT_TOTALS_VARIABLE = 'CAUSEWAY_FAULT_TOTALS';

/** Chooses what of the long lists of faults is tried; printed, and given again it repeats the choice. */
const SEED_VARIABLE = 'CAUSEWAY_SEED';

/** @typedef {{ passed: number, failed: number, skipped: number, slowness: number }} Totals `slowness` is 0 when nobody measured it */
/** @type {Totals} */
const NOTHING = { passed: 0, failed: 0, skipped: 0, slowness: 0 };

/** @typedef {{ directory: string, file: string, faults: string, env: NodeJS.ProcessEnv }} TotalsFile */
/** @typedef {{ points: number, leaked: number, seed: number }} FaultTotals */

/**
 * @param {readonly string[]} args the caller's own, passed on
 * @param {number} maxWorkers unless the caller says otherwise
 * @returns {string[]} for Node
 */
export function jestArguments(args, maxWorkers) {
  const hasWorkers = args.some((arg) => /^(--maxWorkers|--max-workers|-w|-i$|--runInBand)/.test(arg));
  return [
    '--experimental-vm-modules',
    join(PROJECT_ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...(hasWorkers ? [] : [`--maxWorkers=${maxWorkers}`]),
    ...args,
    // Last, for jest takes what follows a list and is no option for more of the list.
    '--reporters=default',
    `--reporters=${join(PROJECT_ROOT, 'test', 'closing-line-reporter.mjs')}`,
  ];
}

/** @returns {TotalsFile} */
export function prepareTotals() {
  const directory = mkdtempSync(join(tmpdir(), 'causeway-test-'));
  const file = join(directory, 'totals.json');
  const faults = join(directory, 'faults.jsonl');
  const seed = process.env[SEED_VARIABLE] ?? String(Date.now() % 1_000_000);
  return {
    directory,
    file,
    faults,
    env: { [TOTALS_VARIABLE]: file, [FAULT_TOTALS_VARIABLE]: faults, [SEED_VARIABLE]: seed },
  };
}

/**
 * Prints what the fault suites tried, when they ran, and the closing line. It is printed from here, when jest has ended, because nothing jest prints can then
 * follow it. A run that failed counts at least one failure, also when jest never got as far as to count.
 *
 * @param {TotalsFile} totals
 * @param {import('./supervised.mjs').Exit} exit
 */
export function printTotals({ directory, file, faults }, exit) {
  const counted = readTotals(file);
  const tried = readFaultTotals(faults);
  rmSync(directory, { recursive: true, force: true });
  // `--listTests`, `--help` and the like run no test and have nothing to close with.
  if (counted === null && exit.code === 0) return;
  const { passed, failed, skipped, slowness } = counted ?? NOTHING;
  if (slowness > 0) {
    const times = slowness.toFixed(1);
    writeSync(1, `this machine: ${times} times as slow as the one the bounds were written on\n`);
  }
  if (tried !== null) {
    const { points, leaked, seed } = tried;
    writeSync(1, `fault points: ${points} tried, ${leaked} leaked resources (${SEED_VARIABLE}=${seed})\n`);
  }
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

/**
 * @param {string} file
 * @returns {FaultTotals | null} null when no fault suite ran
 */
function readFaultTotals(file) {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    /** @type {unknown} */
    const parsed = JSON.parse(`[${lines.join(',')}]`);
    const all = /** @type {FaultTotals[]} */ (parsed);
    return {
      points: all.reduce((sum, { points }) => sum + points, 0),
      leaked: all.reduce((sum, { leaked }) => sum + leaked, 0),
      seed: all[0]?.seed ?? 0,
    };
  } catch {
    return null;
  }
}
