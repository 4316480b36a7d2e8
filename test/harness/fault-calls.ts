/** Faults by call: at a chosen call to AWS, the emulator is told right before it to refuse it, or to lose its reply. */
import type { EmulatorControl, FaultRule } from '../../local/emulator-control.js';
import { PROVIDER } from './emulator.js';
import type { OnCommand, Site } from './fault-sites.js';
import type { Phase } from './fault-telling.js';

/** What goes wrong at a call. */
export const CALL_FAULTS = [
  'error',
  'lost-reply',
  'throttled',
  'twice',
  'refused',
  'denied',
  /** Something still depends on what is to be deleted. */
  'in-use',
] as const;

export type CallFault = (typeof CALL_FAULTS)[number];

/** A call to AWS in a story in which nothing goes wrong. */
export interface RecordedAwsCall {
  readonly story: string;
  readonly action: string;
  /** From 1, of this action in this story. */
  readonly nth: number;
  readonly phase: Phase;
  readonly workflowType: string;
  readonly site: Site;
}

/** Where a fault strikes: at the nth call of an action, or so many calls of any kind after the last fault. */
export type CallMoment = { readonly action: string; readonly nth: number } | { readonly after: number };

export interface PlannedCallFault {
  readonly at: CallMoment;
  readonly fault: CallFault;
}

/** As `PlannedCallFault`, or with an answer of its own. */
export interface AimedAtCall {
  readonly at: CallMoment;
  readonly fault: CallFault | Omit<FaultRule, 'action'>;
}

export interface ArmedCalls {
  readonly onCommand: OnCommand;
  hits(): number;
  /** What stands in the way until it is lifted. */
  lasting(): readonly string[];
  /** What lasts is over. */
  lift(): Promise<void>;
}

export const RULES: Readonly<Record<Exclude<CallFault, 'twice'>, Omit<FaultRule, 'action'>>> = {
  error: { kind: 'error', code: 'InternalError' },
  'lost-reply': { kind: 'lost-reply' },
  throttled: { kind: 'error', code: 'RequestLimitExceeded' },
  refused: { kind: 'error', code: 'AnswerNobodyListed' },
  denied: { kind: 'error', code: 'UnauthorizedOperation', times: null },
  'in-use': { kind: 'error', code: 'DependencyViolation' },
};

/**
 * Arms the faults of a run that has the region for itself, one after the other.
 *
 * @param faults in the order in which they strike
 */
export function armCalls(
  control: EmulatorControl,
  region: string,
  faults: readonly AimedAtCall[],
): ArmedCalls {
  const counts = new Map<string, number>();
  const lasting: string[] = [];
  let sinceLast = 0;
  let hits = 0;
  const isDue = ({ at }: AimedAtCall, action: string): boolean =>
    'after' in at ? sinceLast === at.after : at.action === action && counts.get(action) === at.nth;
  return {
    hits: () => hits,
    lasting: () => lasting,
    lift: async () => {
      for (const id of lasting.splice(0)) await control.removeFault(id);
    },
    onCommand: async (action, call) => {
      counts.set(action, (counts.get(action) ?? 0) + 1);
      sinceLast += 1;
      const next = faults[hits];
      if (next === undefined || !isDue(next, action)) return call();
      hits += 1;
      sinceLast = 0;
      if (next.fault === 'twice') {
        await call().catch(() => undefined);
        return call();
      }
      const rule = typeof next.fault === 'string' ? RULES[next.fault] : next.fault;
      const id = await control.addFault({ ...rule, action, account: PROVIDER, region });
      if (next.fault === 'denied') lasting.push(id);
      return call();
    },
  };
}

/** Has the first call of each of these actions, in a run that has the region for itself, go wrong. */
export function armEachCall(
  control: EmulatorControl,
  region: string,
  { actions, rule }: { actions: readonly string[]; rule: Omit<FaultRule, 'action'> },
): { onCommand: OnCommand; struck(): string[] } {
  const struck = new Set<string>();
  return {
    struck: () => [...struck],
    onCommand: async (action, call) => {
      if (actions.includes(action) && !struck.has(action)) {
        struck.add(action);
        await control.addFault({ ...rule, action, account: PROVIDER, region });
      }
      return call();
    },
  };
}
