import type { Figure } from './report.js';

/** A piece of work, made ready outside the time that counts. */
export interface Round {
  readonly run: () => void;
  /** How many things `run` does. */
  readonly count: number;
}

type Described = Pick<Figure, 'name' | 'unit' | 'target' | 'note'>;

interface Timed {
  readonly ms: number;
  readonly count: number;
}

/** One round, with work of its own. The first ones of a kind also warm up the engine. */
function timed(prepare: () => Round): Timed {
  const { run, count } = prepare();
  const start = performance.now();
  run();
  return { ms: performance.now() - start, count };
}

/** How long one round takes; the shortest is the best. */
export function duration(figure: Described, rounds: number, prepare: () => Round): Figure {
  const measured = Array.from({ length: rounds }, () => timed(prepare).ms);
  return { ...figure, ...summary(measured, (a, b) => a - b), rounds };
}

/** How many things are done in a second; the most is the best. */
export function rate(figure: Described, rounds: number, prepare: () => Round): Figure {
  return rateOf(
    figure,
    Array.from({ length: rounds }, () => timed(prepare)),
  );
}

/** Two rates that are to be compared: their rounds alternate, so that what else the machine does slows both. */
export function rates(
  [one, other]: readonly [Described, Described],
  rounds: number,
  prepare: readonly [() => Round, () => Round],
): [Figure, Figure] {
  const measured = Array.from({ length: rounds }, () => [timed(prepare[0]), timed(prepare[1])] as const);
  return [
    rateOf(
      one,
      measured.map(([first]) => first),
    ),
    rateOf(
      other,
      measured.map(([, second]) => second),
    ),
  ];
}

function rateOf(figure: Described, measured: readonly Timed[]): Figure {
  const perSecond = measured.map(({ ms, count }) => (count / ms) * 1000);
  return { ...figure, ...summary(perSecond, (a, b) => b - a), rounds: measured.length };
}

/** How many times `of` is of `to`, best to best and median to median. */
export function ratio(figure: Described, of: Figure, to: Figure): Figure {
  return { ...figure, best: of.best / to.best, median: of.median / to.median, rounds: of.rounds };
}

/** The best and the one in the middle. */
export function summary(
  measured: readonly number[],
  better: (a: number, b: number) => number,
): { best: number; median: number } {
  const sorted = measured.toSorted(better);
  return { best: sorted[0] ?? NaN, median: sorted[Math.floor(sorted.length / 2)] ?? NaN };
}
