/** Faults by activity: the real activities, with something going wrong at a chosen call of one of them. */
import { activityInfo } from '@temporalio/activity';
import type { Activities } from '../../activities/index.js';
import { failure } from '../../activities/failure.js';
import type { FailureCode } from '../../domain/failures.js';

/** What goes wrong at a call of an activity. */
export const FAULTS = [
  /** Once, before it does anything. */
  'fails-before',
  /** It takes effect, and Temporal hears of a failure. */
  'reply-lost',
  /** As a worker does that was thought dead and was not. */
  'runs-twice',
  /** Before it does anything, with what nobody can wait out. */
  'refused',
  /** It takes effect, and Temporal hears the same. */
  'refused-after',
  /** Before it does anything, for want of a permission, until somebody gives it. */
  'denied',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Those that change nothing of the end, so that they can be tried at all calls of a story together. */
export const HARMLESS: readonly Fault[] = ['fails-before', 'reply-lost', 'runs-twice'];

/** Runs before, after or instead of a call. */
export type Around = (activity: string, call: () => Promise<unknown>) => Promise<unknown>;

/** The activities, each call of them by way of `around`. */
export function surrounded(activities: Activities, around: Around): Activities {
  return new Proxy(activities, {
    get(target, name) {
      const activity: unknown = Reflect.get(target, name);
      if (typeof activity !== 'function' || typeof name !== 'string') return activity;
      return (...args: unknown[]): Promise<unknown> =>
        around(name, () => Promise.resolve<unknown>(Reflect.apply(activity, target, args)));
    },
  });
}

/** A fault at the nth call (from 1) of an activity; what Temporal repeats is the same call. */
export interface PlannedFault {
  readonly activity: string;
  readonly nth: number;
  readonly fault: Fault;
}

export interface ArmedFaults<T extends PlannedFault = PlannedFault> {
  readonly around: Around;
  /** How often any of them struck. */
  hits(): number;
  /** Those that struck. */
  struck(): T[];
  /** Those that last, struck, and were not lifted. */
  lasting(): T[];
  /** What lasts and has struck is over. */
  lift(): void;
}

interface Armed<T> {
  readonly planned: T;
  hits: number;
  lifted: boolean;
}

/** Arms faults at different calls: each strikes once, a missing permission at every call from its own on until it is lifted. */
export function arm<T extends PlannedFault>(faults: readonly T[]): ArmedFaults<T> {
  const all = faults.map((planned): Armed<T> => ({ planned, hits: 0, lifted: false }));
  const nthOf = callCounter();
  const lasts = ({ planned }: Armed<T>): boolean => planned.fault === 'denied';
  return {
    hits: () => all.reduce((sum, { hits }) => sum + hits, 0),
    struck: () => all.filter(({ hits }) => hits > 0).map(({ planned }) => planned),
    lasting: () =>
      all.filter((one) => lasts(one) && one.hits > 0 && !one.lifted).map(({ planned }) => planned),
    lift: () => {
      for (const one of all) one.lifted ||= one.hits > 0;
    },
    around: async (name, call) => {
      const nth = nthOf(name);
      const due = all.find(
        (one) =>
          one.planned.activity === name &&
          (lasts(one) ? !one.lifted && nth >= one.planned.nth : one.hits === 0 && nth === one.planned.nth),
      );
      if (due === undefined) return call();
      due.hits += 1;
      return strike(due.planned.fault, call);
    },
  };
}

/** Which call of an activity this is, from 1: the same at each attempt. */
export function callCounter(): (activity: string) => number {
  const known = new Map<string, Map<string, number>>();
  return (activity) => {
    const { workflowExecution, activityId } = activityInfo();
    const calls = known.get(activity) ?? new Map<string, number>();
    known.set(activity, calls);
    const key = `${workflowExecution?.runId ?? ''}/${activityId}`;
    const nth = calls.get(key) ?? calls.size + 1;
    calls.set(key, nth);
    return nth;
  };
}

async function strike(fault: Fault, call: () => Promise<unknown>): Promise<unknown> {
  switch (fault) {
    case 'fails-before':
      throw said('AwsUnavailable');
    case 'reply-lost':
      await call();
      throw said('AwsUnavailable');
    case 'runs-twice':
      await call();
      return call();
    case 'refused':
      throw said('AwsRefused');
    case 'refused-after':
      await call();
      throw said('AwsRefused');
    case 'denied':
      throw said('PermissionMissing');
  }
}

const said = (code: FailureCode): Error => failure(code, `${code}, by the fault suite`);
