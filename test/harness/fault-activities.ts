/** Faults by activity: the real activities, with something going wrong at a chosen call of one of them. */
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
  /** Before it does anything, with what can only be given up. */
  'refused',
  /** It takes effect, and what Temporal hears can only be given up. */
  'refused-after',
  /** Before it does anything, for want of a permission, until somebody gives it. */
  'denied',
] as const;

export type Fault = (typeof FAULTS)[number];

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

/** A fault at the nth call (from 1) of an activity. */
export interface PlannedFault {
  readonly activity: string;
  readonly nth: number;
  readonly fault: Fault;
}

export interface ArmedFault {
  readonly around: Around;
  /** How often it struck. */
  hits(): number;
  /** From now on all goes well. */
  lift(): void;
}

/** Arms the fault: it strikes at the nth call, and a missing permission at every one from then on until it is lifted. */
export function arm({ activity, nth, fault }: PlannedFault): ArmedFault {
  let calls = 0;
  let hits = 0;
  let lifted = false;
  const lasts = fault === 'denied';
  return {
    hits: () => hits,
    lift: () => {
      lifted = true;
    },
    around: async (name, call) => {
      if (name !== activity) return call();
      calls += 1;
      if (lifted || (lasts ? calls < nth : calls !== nth)) return call();
      hits += 1;
      return strike(fault, call);
    },
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
