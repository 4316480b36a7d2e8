import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { STATE_DIRECTORY } from '../../local/setup/layout.mjs';

/** Names a Python with the tests' own tools, to be used instead of looking further. */
const PYTHON_VARIABLE = 'CAUSEWAY_TEST_PYTHON';

/**
 * A Python that has this module, or null: then whatever needs it is skipped, and says so in one line.
 *
 * @param module as it is imported
 */
export function pythonWith(module: string): string | null {
  const candidates = [
    process.env[PYTHON_VARIABLE],
    join(STATE_DIRECTORY, 'test-tools', 'bin', 'python'),
    join(STATE_DIRECTORY, 'venv', 'bin', 'python'),
  ];
  const found = candidates.find(
    (python) =>
      python !== undefined &&
      existsSync(python) &&
      spawnSync(python, ['-c', `import ${module}`], { timeout: 30_000 }).status === 0,
  );
  if (found === undefined)
    process.stderr.write(`skipped: no Python with ${module}; name one with ${PYTHON_VARIABLE}\n`);
  return found ?? null;
}
