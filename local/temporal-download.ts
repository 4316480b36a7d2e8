import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DOWNLOAD_DIRECTORY } from './setup/layout.mjs';
import { isExecutable } from './setup/locate.mjs';

/** How the SDK names the dev server's file in its download directory. */
const FILE_PREFIX = 'temporal-sdk-typescript-';

/**
 * Has the SDK download Temporal's command line into the project, once: the last place where it is looked for.
 *
 * The SDK downloads only in order to start a server of its own. That one is stopped again, because it would not
 * end with this process in every case; only its file is used.
 *
 * @returns absolute path of the binary
 * @throws Error one line, saying what to set, when it cannot be downloaded
 */
export async function downloadTemporalCli(): Promise<string> {
  const earlier = findDownloaded();
  if (earlier !== undefined) return earlier;
  try {
    mkdirSync(DOWNLOAD_DIRECTORY, { recursive: true });
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: DOWNLOAD_DIRECTORY } },
    });
    await environment.teardown();
  } catch (error) {
    throw new Error(
      'Temporal is not installed and cannot be downloaded: put `temporal` on PATH, or set TEMPORAL_CLI_PATH to it.',
      { cause: error },
    );
  }
  const downloaded = findDownloaded();
  if (downloaded === undefined) {
    throw new Error(
      'The SDK has not kept its download of Temporal: put `temporal` on PATH, or set TEMPORAL_CLI_PATH to it.',
    );
  }
  return downloaded;
}

function findDownloaded(): string | undefined {
  try {
    return readdirSync(DOWNLOAD_DIRECTORY)
      .filter((name) => name.startsWith(FILE_PREFIX) && !name.endsWith('.downloading'))
      .map((name) => join(DOWNLOAD_DIRECTORY, name))
      .find(isExecutable);
  } catch {
    return undefined;
  }
}
