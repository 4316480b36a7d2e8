/** What there is once in a test run, in jest's own process. */
import { tsImport } from 'tsx/esm/api';
import { measureSlowness } from './slowness.mjs';

/** @type {import('./broker.ts').Broker | undefined} */
let broker;

/** @returns {Promise<void>} */
export async function beginRun() {
  /** @type {unknown} */
  const module = await tsImport('./broker.ts', import.meta.url);
  const { startBroker } = /** @type {typeof import('./broker.ts')} */ (module);
  broker = await startBroker();
  process.env['CAUSEWAY_TEST_SERVERS'] = broker.url;
  process.env['CAUSEWAY_SLOWNESS'] = String(measureSlowness());
}

/** @returns {Promise<void>} */
export async function endRun() {
  await broker?.stop();
}
