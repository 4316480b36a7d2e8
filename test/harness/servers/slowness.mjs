/** How slow this machine is at the moment, next to the quiet one on which the bounds of the tests were written. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** What the piece of work took there, in ms. */
const REFERENCE_MS = 400;
/** A machine slower than this needs other bounds than longer ones. */
const MOST = 10;

/** @returns {number} 1 at least, with one digit */
export function measureSlowness() {
  const started = performance.now();
  sieve(3_000_000);
  for (let starts = 0; starts < 3; starts += 1) spawnSync(process.execPath, ['-e', '0']);
  const times = (performance.now() - started) / REFERENCE_MS;
  return Math.min(MOST, Math.max(1, Math.round(times * 10) / 10));
}

/** @param {number} size of the numbers looked at */
function sieve(size) {
  const isComposite = new Uint8Array(size);
  for (let number = 2; number < size; number += 1) {
    for (let multiple = 2 * number; multiple < size; multiple += number) isComposite[multiple] = 1;
  }
}
