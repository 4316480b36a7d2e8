/** Which test files begin first in a run that knows nothing yet of how long each takes; jest itself goes by their size. */
import sequencer from '@jest/test-sequencer';

// The package's types describe its CommonJS; Node is given the class itself.
const Sequencer = /** @type {typeof sequencer.default} */ (/** @type {unknown} */ (sequencer));

/** Whole stacks, and lists in which every call fails once: begun late, one of them would run alone at the end. */
const LONG = [
  'test/e2e/',
  'test/browser/',
  'test/client/cli/connection',
  'test/client/cli/addresses',
  'test/activities/every-step-failing',
  'test/activities/twice',
  'test/activities/release',
  'test/workflows/what-ends-a-connection',
];

/** @typedef {Parameters<sequencer.default['sort']>[0]} Tests */

export default class LongFirstSequencer extends Sequencer {
  /**
   * @override
   * @param {Tests} tests
   * @returns {Promise<Tests>}
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    const unknown = sorted.filter(({ duration, path }) => duration === undefined && isLong(path));
    return [...new Set([...unknown, ...sorted])];
  }
}

/** @param {string} path */
function isLong(path) {
  return LONG.some((part) => path.includes(part));
}
