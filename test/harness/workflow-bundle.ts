import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WORKFLOW_SOURCE } from '../../worker/workflow-code.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, '.causeway', 'test-bundles');
const SOURCES = ['workflows', 'contract', 'domain'];

/** The workflows, bundled once for all test files that run the same code: bundling takes seconds. */
export async function workflowBundle(): Promise<{ workflowBundle: { codePath: string } }> {
  const codePath = join(CACHE, `${await digestOf(SOURCES)}.js`);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      ...WORKFLOW_SOURCE,
      logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    });
    await mkdir(CACHE, { recursive: true });
    const partial = `${codePath}.${process.pid.toString()}`;
    await writeFile(partial, code);
    await rename(partial, codePath);
  }
  return { workflowBundle: { codePath } };
}

/** Of the TypeScript in these directories, and of the locked packages. */
export async function digestOf(directories: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(ROOT, 'package-lock.json')));
  for (const directory of directories) {
    const files = (await readdir(join(ROOT, directory), { recursive: true }))
      .filter((file) => file.endsWith('.ts'))
      .sort();
    for (const file of files) hash.update(file).update(await readFile(join(ROOT, directory, file)));
  }
  return hash.digest('hex').slice(0, 32);
}
