import type { HistoryEntry, HistoryTopic } from '../contract/status.js';
import type { PeeringState } from '../domain/lifecycle.js';

const MAX_HISTORY = 50;

/** A cause that comes and goes alternates with what follows from it; each is one line with a count. */
const REPEATS_WITHIN = 4;

/** What is to be noted, in which state, and when (ISO 8601, UTC). */
export interface Noted {
  at: string;
  state: PeeringState;
  note: string;
  /** What others can say as often as they like. */
  topic?: HistoryTopic | undefined;
  /** How often it came. */
  times?: number | undefined;
}

/**
 * The history with one more line. A note that was among the last few only counts, and so does whatever is of the same topic
 * while the state lasts: a flood hides nothing.
 */
export function withNote(
  history: readonly HistoryEntry[],
  { at, state, note, topic, times = 1 }: Noted,
): { history: HistoryEntry[]; isNew: boolean } {
  const same =
    topic === undefined
      ? history.slice(-REPEATS_WITHIN).find((entry) => entry.state === state && entry.note === note)
      : sinceEntered(history, state).find((entry) => entry.topic === topic);
  const count = (same === undefined ? 0 : (same.count ?? 1)) + times;
  const entry: HistoryEntry = {
    at,
    state,
    note,
    ...(count > 1 && { count }),
    ...(topic !== undefined && { topic }),
  };
  return {
    history: shortened([...history.filter((known) => known !== same), entry]),
    isNew: same === undefined,
  };
}

function sinceEntered(history: readonly HistoryEntry[], state: PeeringState): HistoryEntry[] {
  return history.slice(history.findLastIndex((entry) => entry.state !== state) + 1);
}

/** What was merely noted goes before what changed the state: that stays visible, whatever is said. */
function shortened(history: HistoryEntry[]): HistoryEntry[] {
  if (history.length <= MAX_HISTORY) return history;
  const noted = history.findIndex(({ state }, index) => index > 0 && history[index - 1]?.state === state);
  return history.toSpliced(Math.max(noted, 0), 1);
}
