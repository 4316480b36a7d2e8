/** Workflow code with something taken out of it: the bundle, edited, so that a mutant costs no bundling of its own. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { workflowBundle } from './workflow-bundle.js';

/** A text of a module as it stands in the bundle, and what stands there in its place. */
export interface Edit {
  /** From `workflows/`, without `.ts`. */
  readonly module: string;
  readonly text: string;
  readonly instead: string;
  /** How often the text is there: 1 unless told. */
  readonly times?: number;
}

/**
 * Writes the mutant's bundle into a directory.
 *
 * @returns its path
 * @throws Error where a text is not there as often as told: the code has changed, and the mutant with it
 */
export async function mutantBundle(name: string, edits: readonly Edit[], directory: string): Promise<string> {
  const { codePath } = (await workflowBundle()).workflowBundle;
  const code = edits.reduce(edited, await readFile(codePath, 'utf8'));
  const path = join(directory, `${name.replaceAll(/\W+/g, '-')}.js`);
  await writeFile(path, code);
  return path;
}

function edited(code: string, { module, text, instead, times = 1 }: Edit): string {
  const begin = code.indexOf(`/***/ "./${posix.join('workflows', module)}.ts"`);
  if (begin === -1) throw new Error(`the bundle has no module ${module}`);
  const end = code.indexOf('/***/ }', begin);
  const parts = code.slice(begin, end).split(text);
  if (parts.length !== times + 1) {
    throw new Error(
      `${module} has '${text}' ${(parts.length - 1).toString()} times, not ${times.toString()}`,
    );
  }
  return code.slice(0, begin) + parts.join(instead) + code.slice(end);
}
