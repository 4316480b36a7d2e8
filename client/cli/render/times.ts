import { plainText } from './plain-text.js';

const UNITS = [
  { ms: 86_400_000, one: 'day', many: 'days' },
  { ms: 3_600_000, one: 'h', many: 'h' },
  { ms: 60_000, one: 'min', many: 'min' },
  { ms: 1_000, one: 's', many: 's' },
] as const;

/** A length of time in its two largest units, such as `6 days 23 h`; below a second it is `0 s`. */
export function spanText(ms: number): string {
  const largest = UNITS.findIndex((unit) => ms >= unit.ms);
  if (largest === -1) return '0 s';
  let rest = ms;
  return UNITS.slice(largest, largest + 2)
    .map(({ ms: unitMs, one, many }) => {
      const count = Math.floor(rest / unitMs);
      rest -= count * unitMs;
      return { count, text: `${count} ${count === 1 ? one : many}` };
    })
    .filter(({ count }) => count > 0)
    .map(({ text }) => text)
    .join(' ');
}

/** `2026-01-01 00:00:00 UTC`; what is no time is shown as it came. */
export function momentText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return plainText(iso);
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** With how long ago it was. The clocks of this machine and of Temporal may differ a little. */
export function pastText(iso: string, now: Date): string {
  const passed = now.getTime() - Date.parse(iso);
  if (Number.isNaN(passed)) return momentText(iso);
  return `${momentText(iso)} (${passed < 1_000 ? 'just now' : `${spanText(passed)} ago`})`;
}

/** With how long it is until then. */
export function deadlineText(iso: string, now: Date): string {
  const left = Date.parse(iso) - now.getTime();
  if (Number.isNaN(left)) return momentText(iso);
  return `${momentText(iso)} (${left < 1_000 ? 'over' : `${spanText(left)} left`})`;
}
