import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { startTestEmulator, type TestEmulator } from './emulator.js';

/**
 * An emulated AWS for the tests of a file, as after its start for each.
 *
 * @param use takes it, before the first test
 */
export function withEmulator(use: (emulator: TestEmulator) => void): void {
  let emulator: TestEmulator;
  beforeAll(async () => {
    emulator = await startTestEmulator();
    use(emulator);
  });
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.stop());
}
