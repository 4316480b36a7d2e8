import type { Figure } from './report.js';

/** A piece of work, made ready outside the time that counts. */
export interface Round {
  readonly run: () => void;
  /** How many things `run` does. */
  readonly count: number;
}

type Described = Pick<Figure, 'name' | 'unit' | 'target' | 'note'>;

/** Milliseconds of each round, each with work of its own. The first ones also warm up the engine. */
function times(rounds: number, prepare: () => Round): { ms: number; count: number }[] {
  return Array.from({ length: rounds }, () => {
    const { run, count } = prepare();
    const start = performance.now();
    run();
    return { ms: performance.now() - start, count };
  });
}

/** How long one round takes; the shortest is the best. */
export function duration(figure: Described, rounds: number, prepare: () => Round): Figure {
  const measured = times(rounds, prepare).map(({ ms }) => ms);
  return { ...figure, ...summary(measured, (a, b) => a - b), rounds };
}

/** How many things are done in a second; the most is the best. */
export function rate(figure: Described, rounds: number, prepare: () => Round): Figure {
  const measured = times(rounds, prepare).map(({ ms, count }) => (count / ms) * 1000);
  return { ...figure, ...summary(measured, (a, b) => b - a), rounds };
}

/** How many times `of` is of `to`, best to best and median to median. */
export function ratio(figure: Described, of: Figure, to: Figure): Figure {
  return { ...figure, best: of.best / to.best, median: of.median / to.median, rounds: of.rounds };
}

function summary(
  measured: number[],
  better: (a: number, b: number) => number,
): { best: number; median: number } {
  const sorted = measured.sort(better);
  return { best: sorted[0] ?? NaN, median: sorted[Math.floor(sorted.length / 2)] ?? NaN };
}
