import type { Check } from '../doctor/check.js';
import type { Look, Paint } from './look.js';
import { table, type Cell } from './table.js';

/** What `doctor` found, one check a row, and what to do below each that found something. */
export function renderChecks(look: Look, checks: readonly Check[]): string {
  return table(look, {
    head: ['', 'CHECK', 'FOUND'],
    rows: checks.flatMap(({ name, ok, detail, next }): Cell[][] => {
      const row: Cell[] = [markOf(look, ok), name, detail];
      return next === null ? [row] : [row, ['', '', { text: `next: ${next}`, paint: look.colors.cyan }]];
    }),
  });
}

function markOf({ colors }: Look, ok: boolean | null): { text: string; paint: Paint } {
  if (ok === null) return { text: '-', paint: colors.dim };
  return ok ? { text: 'ok', paint: colors.green } : { text: 'wrong', paint: colors.red };
}
