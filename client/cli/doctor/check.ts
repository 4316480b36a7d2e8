/** One thing looked at. */
export interface Check {
  name: string;
  /** Null when it could not be looked at, because something else is missing. */
  ok: boolean | null;
  /** What was seen, in one line. */
  detail: string;
  /** What to do about it; null when there is nothing to do. */
  next: string | null;
}

/** A check, and whether it failed because Temporal or AWS gave no answer at all. */
export interface Finding extends Check {
  unreachable?: true;
}

export function wellDone(name: string, detail: string): Finding {
  return { name, ok: true, detail, next: null };
}

export function wrong(name: string, { detail, next }: { detail: string; next: string }): Finding {
  return { name, ok: false, detail, next };
}

export function unreachable(name: string, seen: { detail: string; next: string }): Finding {
  return { ...wrong(name, seen), unreachable: true };
}

export function notChecked(name: string, why: string): Finding {
  return { name, ok: null, detail: `not checked: ${why}`, next: null };
}
