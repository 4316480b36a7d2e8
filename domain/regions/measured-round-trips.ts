import { z } from 'zod';
import { fieldName, isRecord, kindOf } from '../request/problems.js';
import { regionNameProblem } from './region-names.js';

/**
 * An operator's own median round trips in milliseconds, by the customer's region and then the provider's. A pair that is
 * given one way only holds both ways.
 */
export type MeasuredRoundTrips = Record<string, Record<string, number>>;

/** The longest in the table is 421 ms: this is no round trip on Earth, but perhaps microseconds. */
const LONGEST_MS = 10_000;

/** Far more than AWS has. */
const MOST_REGIONS = 100;

/** Notes a problem at a place inside the object. */
type Report = (path: readonly string[], problem: string) => void;

function timeProblem(value: unknown): string | null {
  if (typeof value !== 'number') return `must be a number of milliseconds, not ${kindOf(value)}`;
  return value > 0 && value <= LONGEST_MS
    ? null
    : `${value} ms is no round trip; above 0 and up to ${LONGEST_MS} is allowed`;
}

/** The entries whose keys are regions; a problem for each of the others. */
function byRegion(value: unknown, expected: string, report: Report): [string, unknown][] {
  if (!isRecord(value)) {
    report([], `must be an object such as ${expected}, not ${kindOf(value)}`);
    return [];
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_REGIONS) {
    report([], `has ${entries.length} regions; at most ${MOST_REGIONS} are allowed`);
    return [];
  }
  return entries.filter(([region]) => {
    const problem = regionNameProblem(region);
    if (problem !== null) report([fieldName(region)], problem);
    return problem === null;
  });
}

function parseTimes(value: unknown, report: Report): Record<string, number> {
  const times: Record<string, number> = {};
  for (const [region, time] of byRegion(value, '{ "eu-west-1": 68 }', report)) {
    const problem = timeProblem(time);
    if (problem !== null) report([region], problem);
    else if (typeof time === 'number') times[region] = time;
  }
  return times;
}

/** `{ "us-east-1": { "eu-west-1": 68 } }`. Every problem is an issue with its path inside the object. */
export const measuredRoundTrips: z.ZodType<MeasuredRoundTrips> = z.unknown().transform((value, context) => {
  const report: Report = (path, message) => {
    context.issues.push({ code: 'custom', message, path: [...path], input: undefined });
  };
  const measured: MeasuredRoundTrips = {};
  for (const [from, times] of byRegion(value, '{ "us-east-1": { "eu-west-1": 68 } }', report)) {
    measured[from] = parseTimes(times, (path, problem) => {
      report([from, ...path], problem);
    });
  }
  return measured;
});
