/** What the fault suites have in common: the seed, the share of the long lists that is tried, and the totals. */
import { appendFileSync } from 'node:fs';
import { bound } from './bounds.js';

/** Whether every fault point is tried, or every activity once and a share of the rest. */
export const EXHAUSTIVE = process.env['CAUSEWAY_FAULTS'] === 'exhaustive';

/** For what may hang: all of a list of points. */
export const HANG_MS = EXHAUSTIVE ? 6 * 3_600_000 : bound(1_200_000);

/** The share of the long lists in the quick form. */
const QUICK_SHARE = 0.05;

/** Replays a run: `CAUSEWAY_SEED` of the environment, which `npm test` sets and prints. */
export const SEED = readSeed(process.env['CAUSEWAY_SEED']);

function readSeed(text: string | undefined): number {
  const seed = Number(text ?? Date.now());
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error(`CAUSEWAY_SEED: expected a whole number from 0, got '${text ?? ''}'`);
  }
  return seed;
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of them. */
export function pick<T>(all: readonly T[], random: () => number): T {
  const picked = all[Math.floor(random() * all.length)];
  if (picked === undefined) throw new Error('expected something to pick from');
  return picked;
}

/** In another order, chosen by the seed. */
export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/**
 * What of a long list is tried: all of it in the exhaustive form, else a seeded 5 %, at least one.
 */
export function tried<T>(all: readonly T[], random: () => number): T[] {
  if (EXHAUSTIVE) return [...all];
  return shuffled(all, random).slice(0, Math.max(1, Math.ceil(all.length * QUICK_SHARE)));
}

/** All of it in the exhaustive form, else so many, chosen by the seed. */
export function drawn<T>(all: readonly T[], count: number, random: () => number): T[] {
  return EXHAUSTIVE ? [...all] : shuffled(all, random).slice(0, count);
}

/** Runs a job for each, at most so many at a time, and waits for all, also when one fails. `slot` counts from 0 to `limit`. */
export async function atOnce<T, R>(
  { limit, items }: { limit: number; items: readonly T[] },
  job: (item: T, slot: number) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const queue = [...items.entries()];
  const take = async (slot: number): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await job(item, slot).then(
        (value) => ({ status: 'fulfilled' as const, value }),
        (reason: unknown) => ({ status: 'rejected' as const, reason }),
      );
    }
  };
  await Promise.all(Array.from({ length: limit }, (_, slot) => take(slot)));
  return results;
}

/** For the line before the last of `npm test`; the file is named by the environment, absent outside of it. */
export function noteTried(totals: { points: number; leaked: number }): void {
  const file = process.env['CAUSEWAY_FAULT_TOTALS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ ...totals, seed: SEED })}\n`);
}
