import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '../../contract/status.js';
import { withNote, type Noted } from '../../workflows/status-history.js';

const AT = '2026-01-01T00:00:00.000Z';

function historyOf(...notes: Omit<Noted, 'at'>[]): HistoryEntry[] {
  return notes.reduce<HistoryEntry[]>(
    (history, noted) => withNote(history, { at: AT, ...noted }).history,
    [],
  );
}

const STAGES = ['planning', 'building-network', 'requesting', 'awaiting-acceptance'] as const;
const changes = STAGES.map((state) => ({ state, note: `now ${state}` }));

describe('the visible history', () => {
  it('has one line for all of a topic while the state lasts, whoever said it, with the last words', () => {
    const claims = Array.from({ length: 200 }, (_, index) => ({
      state: 'awaiting-acceptance' as const,
      note: `"${index.toString()}" says so`,
      topic: 'claim' as const,
    }));
    const history = historyOf(...changes, ...claims);
    expect(history.map(({ note, count }) => [note, count])).toEqual([
      ...changes.map(({ note }) => [note, undefined]),
      ['"199" says so', 200],
    ]);
  });

  it('counts what came at once', () => {
    const claim = { state: 'awaiting-acceptance', note: 'says so', topic: 'claim' } as const;
    const history = historyOf({ ...claim, times: 40 }, claim);
    expect(history).toEqual([{ at: AT, state: claim.state, note: 'says so', topic: 'claim', count: 41 }]);
  });

  it('begins a topic anew in another state', () => {
    const claim = { note: 'says so', topic: 'claim' } as const;
    const history = historyOf(
      { ...claim, state: 'awaiting-acceptance' },
      { state: 'parked', note: 'no permission' },
      { ...claim, state: 'parked' },
    );
    expect(history.map(({ state, count }) => [state, count])).toEqual([
      ['awaiting-acceptance', undefined],
      ['parked', undefined],
      ['parked', undefined],
    ]);
  });

  it('lets what was merely noted go before what changed the state, whatever is said', () => {
    const said = Array.from({ length: 120 }, (_, index) => ({
      state: 'awaiting-acceptance' as const,
      note: `said ${index.toString()}`,
    }));
    const history = historyOf(...changes, ...said);
    expect(history).toHaveLength(50);
    expect(history.slice(0, changes.length).map(({ note }) => note)).toEqual(changes.map(({ note }) => note));
    expect(history.at(-1)?.note).toBe('said 119');
  });

  it('lets the oldest go where every line changed the state', () => {
    const flapping = Array.from({ length: 60 }, (_, index) => ({
      state: index % 2 === 0 ? ('parked' as const) : ('awaiting-acceptance' as const),
      note: `change ${index.toString()}`,
    }));
    const history = historyOf(...flapping);
    expect(history).toHaveLength(50);
    expect(history[0]?.note).toBe('change 10');
  });
});
