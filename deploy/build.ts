/** `npm run build [-- --out DIRECTORY]`: makes what runs in production, `dist/` unless told otherwise. */
import { existsSync, readdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorkflows } from './bundle-workflows.js';
import { compile } from './compile.js';

const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT_OUTPUT = join(PROJECT_ROOT, 'dist');

/** Folders that are read at start, and not compiled. */
const AS_THEY_ARE = ['gateway/pages/assets'];

/** Where `worker/main.ts` looks for the workflows, seen from the directory of the build. */
const BUNDLE = 'workflow-bundle.js';

function outputDirectory(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: { out: { type: 'string' } } });
  const output = values.out === undefined ? DEFAULT_OUTPUT : resolve(values.out);
  // Only our own directory is emptied unasked: a mistyped one could hold anything.
  if (output !== DEFAULT_OUTPUT && existsSync(output) && readdirSync(output).length > 0) {
    throw new Error(`${output} is not empty; remove it, or name another directory with --out`);
  }
  return output;
}

async function main(): Promise<void> {
  const started = Date.now();
  const output = outputDirectory(process.argv.slice(2));
  await rm(output, { recursive: true, force: true });

  report('compiling worker, client and gateway');
  const files = compile({ configFile: join(PROJECT_ROOT, 'tsconfig.build.json'), outDir: output });

  for (const folder of AS_THEY_ARE)
    await cp(join(PROJECT_ROOT, folder), join(output, folder), { recursive: true });

  report('bundling workflows');
  const bytes = await bundleWorkflows({ file: join(output, BUNDLE) });

  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const megabytes = (bytes / 1e6).toFixed(1);
  report(`${files} modules and a workflow bundle of ${megabytes} MB in ${shown(output)}, after ${seconds} s`);
}

function report(progress: string): void {
  process.stdout.write(`build: ${progress}\n`);
}

function shown(directory: string): string {
  const path = relative(process.cwd(), directory);
  return path.startsWith('..') ? directory : `${path}/`;
}

main().catch((error: unknown) => {
  process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
