/** Shows how far set-up is, on stderr, so that stdout stays clean for what the command itself prints. */
import { clearInterval, setInterval } from 'node:timers';

const TERMINAL_TICK_MS = 1_000;
const PLAIN_TICK_MS = 15_000;

/**
 * Runs one step and shows it: in a terminal one line whose seconds count, elsewhere a plain line now and then.
 *
 * @param {string} label such as `[1/3] node modules`
 * @param {() => Promise<void>} step
 * @returns {Promise<void>}
 */
export async function withProgress(label, step) {
  const isTerminal = process.stderr.isTTY;
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1_000)} s`;
  const show = () => {
    if (isTerminal) process.stderr.write(`\r\x1b[K${label} … ${elapsed()}`);
    else process.stderr.write(`${label} … ${elapsed()}\n`);
  };
  process.stderr.write(isTerminal ? `${label} …` : `${label} …\n`);
  const ticker = setInterval(show, isTerminal ? TERMINAL_TICK_MS : PLAIN_TICK_MS);
  try {
    await step();
    process.stderr.write(`${isTerminal ? '\r\x1b[K' : ''}${label}: done in ${elapsed()}\n`);
  } catch (error) {
    if (isTerminal) process.stderr.write('\n');
    throw error;
  } finally {
    clearInterval(ticker);
  }
}
