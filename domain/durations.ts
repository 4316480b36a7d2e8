/** "10 seconds", "1 minute", "3 days": a whole number and a unit; Temporal reads the same spelling. */
export const DURATION_PATTERN = /^([1-9]\d{0,4}) (second|minute|hour|day)s?$/;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: Record<string, number> = {
  second: SECOND_MS,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** A validated duration in milliseconds. Throws `RangeError` for any other text. */
export function durationMs(duration: string): number {
  const [, count, unit] = DURATION_PATTERN.exec(duration) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (count === undefined || unitMs === undefined) {
    throw new RangeError(`a duration is a whole number and a unit, such as "3 days", not "${duration}"`);
  }
  return Number(count) * unitMs;
}

/** Time left until `until`, in the largest fitting unit, rounded down: "6 days", "3 hours", "no time". Both in ms. */
export function timeLeftText(until: number, now: number): string {
  const left = until - now;
  const [unitMs, unit] =
    left >= DAY_MS ? [DAY_MS, 'day'] : left >= HOUR_MS ? [HOUR_MS, 'hour'] : [MINUTE_MS, 'minute'];
  const count = Math.floor(left / unitMs);
  return count < 1 ? 'no time' : `${count.toString()} ${unit}${count === 1 ? '' : 's'}`;
}
