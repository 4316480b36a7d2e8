/** Our programs as JavaScript, compiled once for all test files that run the same code: tsx would do so at each start. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { PROJECT_ROOT, STATE_DIRECTORY } from '../../local/setup/layout.mjs';
import type { StackPrograms } from '../../local/stack.js';
import { workflowBundle } from './workflow-bundle.js';

const CACHE = join(STATE_DIRECTORY, 'test-programs');
const ROOMS = [
  'domain',
  'contract',
  'workflows',
  'activities',
  'worker',
  'client',
  'gateway',
  'local',
  'test/harness',
];
/** Read at start, and not compiled. */
const AS_THEY_ARE = ['gateway/pages/assets'];
/** Where it is, it knows where the project is. */
const LINKED = ['local/setup'];
/** Where `worker/main.ts` looks for the workflows. */
const BUNDLE = 'workflow-bundle.js';
/** Started for every call, so it is bundled with all packages: finding and reading those is most of what a start costs. */
const COMMAND_LINE = 'client/cli/main';
/** Packages that are CommonJS ask for Node's own modules by this. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** What a stack runs. */
export async function compiledPrograms(): Promise<StackPrograms> {
  return { worker: [await compiledProgram('worker/main')], gateway: [await compiledProgram('gateway/main')] };
}

/**
 * Path of a module of ours as JavaScript, with all that it imports beside it. A worker finds its workflows there, bundled.
 *
 * @param module from the project's root, without `.ts`
 */
export async function compiledProgram(module: string): Promise<string> {
  return join(await compiledTree(), `${module}.js`);
}

/** Path of the command line as JavaScript. */
export async function compiledCommandLine(): Promise<string> {
  return join(await compiledTree(), 'command-line', 'main.js');
}

let tree: Promise<string> | undefined;

function compiledTree(): Promise<string> {
  tree ??= compileOnce();
  return tree;
}

async function compileOnce(): Promise<string> {
  const sources = await readSources();
  const { codePath } = (await workflowBundle()).workflowBundle;
  const hash = createHash('sha256').update(codePath);
  for (const [file, text] of sources) hash.update(file).update(text);
  const directory = join(CACHE, hash.digest('hex').slice(0, 32));
  if (existsSync(directory)) return directory;

  const partial = `${directory}.${process.pid.toString()}`;
  await rm(partial, { recursive: true, force: true });
  await compile(
    sources.map(([file]) => file),
    partial,
  );
  for (const folder of AS_THEY_ARE) {
    await cp(join(PROJECT_ROOT, folder), join(partial, folder), { recursive: true });
  }
  for (const folder of LINKED) await symlink(join(PROJECT_ROOT, folder), join(partial, folder));
  await cp(codePath, join(partial, BUNDLE));
  await rename(partial, directory).catch(async (error: unknown) => {
    // Another worker of jest was as fast.
    if (!existsSync(directory)) throw error;
    await rm(partial, { recursive: true });
  });
  return directory;
}

async function readSources(): Promise<[file: string, text: string][]> {
  const sources: [string, string][] = [];
  for (const room of ROOMS) {
    const names = await readdir(join(PROJECT_ROOT, room), { recursive: true });
    const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(room, name));
    for (const file of files.sort()) sources.push([file, await readFile(join(PROJECT_ROOT, file), 'utf8')]);
  }
  return sources;
}

async function compile(files: string[], directory: string): Promise<void> {
  const shape = {
    absWorkingDir: PROJECT_ROOT,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  } as const;
  await build({ ...shape, entryPoints: files, outbase: '.', outdir: directory });
  await build({
    ...shape,
    entryPoints: [`${COMMAND_LINE}.ts`],
    outdir: join(directory, 'command-line'),
    bundle: true,
    splitting: true,
    banner: { js: REQUIRE },
  });
  await stop();
}
