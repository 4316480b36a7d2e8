import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../local/binaries.js';

const MOST_STARTS = 3;

/**
 * Starts Temporal's time-skipping server. The SDK gives it five seconds to answer, which nobody can change, and
 * tells neither a port that was taken in between nor a busy machine from a server that does not work.
 */
export async function startSkippingServer(): Promise<TestWorkflowEnvironment> {
  const found = findTestServer();
  const executable =
    found.kind === 'path'
      ? ({ type: 'existing-path', path: found.path } as const)
      : ({ type: 'cached-download' } as const);
  for (let attempt = 1; ; attempt++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    } catch (error) {
      const isLate = error instanceof Error && error.message.includes('did not start within');
      if (!isLate || attempt === MOST_STARTS) throw error;
    }
  }
}
