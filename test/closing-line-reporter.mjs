/**
 * Hands jest's totals to `local/setup/test-run.mjs`, which prints them as the last line of the run.
 * A suite that could not run at all counts as one failure.
 */
import { writeFileSync } from 'node:fs';

export default class ClosingLineReporter {
  /**
   * @param {unknown} _contexts
   * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
   *   numRuntimeErrorTestSuites: number }} results
   */
  onRunComplete(_contexts, results) {
    const file = process.env['CAUSEWAY_TEST_TOTALS'];
    if (file === undefined) return;
    const totals = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      // Measured by the set-up of the run, in this process.
      slowness: Number(process.env['CAUSEWAY_SLOWNESS'] ?? '0'),
    };
    writeFileSync(file, JSON.stringify(totals));
  }
}
