/** Faults of calls to AWS that change nothing of the end, many in one run of a story. */
import type { RecordedAwsCall } from './fault-calls.js';
import { canBe, isRead, place } from './fault-call-points.js';
import { playStory, type Outcome } from './fault-play.js';
import type { Recording } from './fault-recordings.js';
import { armSites } from './fault-sites.js';
import { FAULT_REGIONS, type FaultWorld } from './fault-world.js';

export const HARMLESS_AT_CALLS = ['error', 'lost-reply', 'throttled', 'twice', 'in-use'] as const;

type HarmlessFault = (typeof HARMLESS_AT_CALLS)[number];

/** A fault at a call, that may be tried together with others. */
export interface SitePoint {
  readonly at: RecordedAwsCall;
  readonly fault: HarmlessFault;
}

export const nameOfSite = ({ at, fault }: SitePoint): string => `${at.story}: ${place(at)} ${fault}`;

/** An activity gives up after ten attempts, and each call that goes wrong may cost one; each waits longer than the last. */
const MOST_FAILING_IN_ONE = 4;

/** Every call of the story, in as many runs as it takes. */
export function siteBatches({ awsCalls }: Recording, fault: HarmlessFault): SitePoint[][] {
  const calls = awsCalls.filter((at) => canBe(fault, at));
  const executions = new Map<string, RecordedAwsCall[]>();
  for (const at of calls) {
    const execution = `${at.site.activity}#${at.site.call.toString()}`;
    executions.set(execution, [...(executions.get(execution) ?? []), at]);
  }
  const longest = Math.max(0, ...[...executions.values()].map(({ length }) => length));
  const runs = fault === 'twice' ? 1 : Math.ceil(longest / MOST_FAILING_IN_ONE);
  const batches = Array.from({ length: runs }, (): SitePoint[] => []);
  for (const own of executions.values()) {
    own.forEach((at, index) => batches[index % runs]?.push({ at, fault }));
  }
  return batches.filter((batch) => batch.length > 0);
}

/** @returns which of them struck */
export async function playSites(
  world: FaultWorld,
  batch: readonly SitePoint[],
  slot: number,
): Promise<Outcome & { struck: SitePoint[] }> {
  const [first] = batch;
  if (first === undefined) throw new Error('nothing is to go wrong');
  const region = FAULT_REGIONS[slot] ?? '';
  const armed = armSites(world.control, region, {
    sites: batch.map(({ at }) => at.site),
    fault: first.fault,
  });
  const outcome = await playStory(world, first.at.story, { region, slot, onCommand: armed.onCommand });
  const sites = armed.struck();
  return { ...outcome, struck: batch.filter(({ at }) => sites.includes(at.site)) };
}

/** What changes something is called in every run; how often AWS is looked at depends on when. */
export const isCertain = ({ at }: SitePoint): boolean => !isRead(at);
