import { join } from 'node:path';
import { TEST_TOOLS_BIN, TEST_TOOLS_VARIABLE } from '../../local/setup/layout.mjs';

/** Path of a program that only tests need; set-up installs them for `npm test`. */
export function testTool(program: 'python' | 'cfn-lint'): string {
  const elsewhere = process.env[TEST_TOOLS_VARIABLE] ?? '';
  return join(elsewhere === '' ? TEST_TOOLS_BIN : elsewhere, program);
}
