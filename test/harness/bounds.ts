/** Bounds of waits: they only catch what hangs, on a machine that is slow or busy too. */

/** How many times as slow this machine is as the one the bounds were written on; measured once, when a run begins. */
const SLOWNESS = Math.max(1, Number(process.env['CAUSEWAY_SLOWNESS'] ?? '1'));

/** @param ms generous on a quiet machine of two cores */
export function bound(ms: number): number {
  return Math.round(ms * SLOWNESS);
}

/** For one test or one set-up, unless it says otherwise. */
export const TEST_MS = bound(300_000);
/** For one wait within a test, so that it is told what did not come. */
export const WAIT_MS = bound(120_000);
