/** Faults at many calls to AWS of one story, told apart by where in the code they are made. */
import { activityInfo } from '@temporalio/activity';
import type { EmulatorControl } from '../../local/emulator-control.js';
import { PROVIDER } from './emulator.js';
import { callCounter } from './fault-activities.js';
import { RULES, type CallFault } from './fault-calls.js';

/**
 * Runs before, after or instead of a call to AWS.
 *
 * @param sendings 1, and more where the AWS SDK repeats the call by itself
 */
export type OnCommand = (action: string, call: () => Promise<unknown>, sendings: number) => Promise<unknown>;

/** The nth call of an action in a call of an activity; one that had no effect is made again at the same place. */
export interface Site {
  readonly activity: string;
  /** From 1, of the activity. */
  readonly call: number;
  readonly action: string;
  /** From 1, of the action in there. */
  readonly nth: number;
}

/** Where the code is. */
export function siteCounter(): { now(action: string): Site; tookEffect(site: Site): void } {
  const callOf = callCounter();
  const effects = new Map<string, number>();
  const key = ({ activity, call, action }: Omit<Site, 'nth'>): string =>
    `${activity}#${call.toString()} ${action}`;
  return {
    now: (action) => {
      const { activityType: activity } = activityInfo();
      const place = { activity, call: callOf(activity), action };
      return { ...place, nth: (effects.get(key(place)) ?? 0) + 1 };
    },
    tookEffect: (site) => {
      effects.set(key(site), site.nth);
    },
  };
}

export interface ArmedSites {
  readonly onCommand: OnCommand;
  /** Those at which it struck. */
  struck(): Site[];
}

/** Has each of these calls, of a run that has the region for itself, go wrong once. */
export function armSites(
  control: EmulatorControl,
  region: string,
  { sites, fault }: { sites: readonly Site[]; fault: Exclude<CallFault, 'denied'> },
): ArmedSites {
  const counter = siteCounter();
  const struck = new Set<Site>();
  return {
    struck: () => [...struck],
    onCommand: async (action, call, sendings) => {
      if (sendings > 1) return call();
      const here = counter.now(action);
      const due = sites.find((site) => isSame(site, here) && !struck.has(site));
      if (due !== undefined) struck.add(due);
      if (due === undefined || fault === 'twice' || fault === 'lost-reply') counter.tookEffect(here);
      if (due === undefined) return call();
      if (fault === 'twice') {
        await call().catch(() => undefined);
        return call();
      }
      await control.addFault({ ...RULES[fault], action, account: PROVIDER, region });
      return call();
    },
  };
}

const isSame = (one: Site, other: Site): boolean =>
  one.activity === other.activity &&
  one.call === other.call &&
  one.action === other.action &&
  one.nth === other.nth;
