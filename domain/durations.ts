/** "10 seconds", "1 minute", "3 days": a whole number and a unit; Temporal reads the same spelling. */
export const DURATION_PATTERN = /^([1-9]\d{0,4}) (second|minute|hour|day)s?$/;

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: Record<string, number> = {
  second: 1_000,
  minute: MINUTE_MS,
  hour: 3_600_000,
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
