import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger, type LogEntry } from '@temporalio/worker';
import { WORKFLOW_SOURCE } from '../worker/workflow-code.js';

interface BundleOptions {
  /** Where the bundle goes. */
  file: string;
}

/**
 * Bundles the workflows once, so that a worker starts without a bundler and every worker of a release runs the same code.
 *
 * @returns the size in bytes
 * @throws Error with what the bundler reported
 */
export async function bundleWorkflows({ file }: BundleOptions): Promise<number> {
  const reported: string[] = [];
  const logger = new DefaultLogger('WARN', (entry: LogEntry) => {
    reported.push(entry.message);
  });
  const { code } = await bundleWorkflowCode({ ...WORKFLOW_SOURCE, logger }).catch((cause: unknown) => {
    const why = [cause instanceof Error ? cause.message : String(cause), ...reported].join('\n');
    throw new Error(`the workflows cannot be bundled\n${why}`, { cause });
  });
  await writeFile(file, code);
  return Buffer.byteLength(code);
}
