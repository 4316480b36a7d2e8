import { RINGS, RING_VARIABLE } from './local/setup/rings.mjs';

const ring = process.env[RING_VARIABLE] ?? 'all';
const testMatch = RINGS[ring];
if (testMatch === undefined) {
  throw new Error(`${RING_VARIABLE}: expected one of ${Object.keys(RINGS).join(', ')}, got '${ring}'`);
}

/** @type {import('jest').Config} */
export default {
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/test/harness/servers/global-setup.mjs',
  globalTeardown: '<rootDir>/test/harness/servers/global-teardown.mjs',
  testSequencer: '<rootDir>/test/long-first-sequencer.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/harness/bounds-setup.ts'],
  // Node 20 keeps the modules of every test file that has ended, some 30 MB each (jestjs/jest issue 9959): a worker that holds
  // more than this is started anew before its next file.
  workerIdleMemoryLimit: '600MB',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.causeway'],
};
