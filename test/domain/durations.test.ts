import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, DURATION_PATTERN, durationMs, MINUTE_MS } from '../../domain/durations.js';

const UNITS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

describe('a duration', () => {
  it.each([
    ['10 seconds', 10_000],
    ['1 second', 1_000],
    ['1 minute', MINUTE_MS],
    ['36 hours', 129_600_000],
    ['1 day', DAY_MS],
    ['7 days', 604_800_000],
  ])('is read as it is said: %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it('is its count times its unit, in singular and plural', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        fc.constantFrom('second' as const, 'minute' as const, 'hour' as const, 'day' as const),
        fc.constantFrom('', 's'),
        (count, unit, plural) => {
          expect(durationMs(`${count} ${unit}${plural}`)).toBe(count * UNITS[unit]);
        },
      ),
    );
  });

  it.each([
    '',
    '0 days',
    '01 day',
    '-1 day',
    '1.5 hours',
    '1 week',
    '1 month',
    '3days',
    '3  days',
    ' 3 days',
    '3 days ',
    '3 days\n',
    '3 DAYS',
    '100000 seconds',
    '٣ days',
    '1 constructor',
    '5m',
    '60000',
  ])('is nothing else: %j', (text) => {
    expect(DURATION_PATTERN.test(text)).toBe(false);
    expect(() => durationMs(text)).toThrow(RangeError);
    expect(() => durationMs(text)).toThrow(JSON.stringify(text).slice(1, -1).replace('\\n', '\n'));
  });
});
