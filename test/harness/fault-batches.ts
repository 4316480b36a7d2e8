/** Faults that change nothing of the end are tried together; where something is wrong, halves tell which of them it is. */
import { atOnce } from './fault-plan.js';

/** What is wrong, and the smallest part of the batch in which it was seen. */
interface Culprits<T> {
  readonly among: readonly T[];
  readonly problems: readonly string[];
}

/** Enough for one culprit, or a few, among hundreds; where all goes wrong, more would name it no better. */
const MOST_REPEATS = 32;

/**
 * Halves a batch in which something is wrong, and each half in which it is again.
 *
 * @param problems of the whole batch
 * @param tryAgain plays a part of it, alone
 */
async function culpritsIn<T>(
  whole: Culprits<T>,
  tryAgain: (part: readonly T[]) => Promise<readonly string[]>,
): Promise<Culprits<T>[]> {
  let repeats = 0;
  const narrowed = async ({ among, problems }: Culprits<T>): Promise<Culprits<T>[]> => {
    if (among.length < 2 || repeats + 2 > MOST_REPEATS) return [{ among, problems }];
    repeats += 2;
    const middle = Math.ceil(among.length / 2);
    const found: Culprits<T>[] = [];
    for (const part of [among.slice(0, middle), among.slice(middle)]) {
      const again = await tryAgain(part);
      if (again.length > 0) found.push(...(await narrowed({ among: part, problems: again })));
    }
    // Neither half alone: it takes some of both.
    return found.length > 0 ? found : [{ among, problems }];
  };
  return narrowed(whole);
}

interface Batches<T> {
  readonly limit: number;
  readonly batches: readonly (readonly T[])[];
  readonly nameOf: (item: T) => string;
}

/**
 * Tries every batch, at most so many at a time. What goes wrong is written to standard error at once, for a long run is
 * long, and again in the answer, with the names of those that it takes.
 */
export async function problemsInBatches<T>(
  { limit, batches, nameOf }: Batches<T>,
  job: (batch: readonly T[], slot: number) => Promise<string[]>,
): Promise<string[]> {
  const results = await atOnce({ limit, items: batches }, async (batch, slot) => {
    const tryOnce = (part: readonly T[]): Promise<string[]> =>
      job(part, slot).catch((error: unknown) => [inFull(error)]);
    const problems = await tryOnce(batch);
    if (problems.length === 0) return [];
    say(`in a batch of ${batch.length.toString()}: ${problems.join(' | ')}`);
    const culprits = await culpritsIn({ among: batch, problems }, tryOnce);
    const named = culprits.flatMap(({ among, problems: own }) =>
      own.map((problem) => `${among.map(nameOf).join(' with ')}: ${problem}`),
    );
    named.forEach(say);
    return named;
  });
  return results.flatMap((result) =>
    result.status === 'fulfilled' ? result.value : [String(result.reason)],
  );
}

function say(problem: string): void {
  process.stderr.write(`fault point: ${problem}\n`);
}

/** With what it comes from: of what did not come in time, that is the last answer. */
function inFull(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause === undefined ? String(error) : `${String(error)} (${inFull(cause)})`;
}
