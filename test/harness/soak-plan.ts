/** The plan of a soak: who does what and when, and what goes wrong meanwhile, all of it from the seed. */
import type { PeeringState } from '../../domain/lifecycle.js';
import type { EmulatorSettingsPatch, FaultRule } from '../../local/emulator-control.js';
import { PROVIDER } from './emulator.js';
import { pick, randomFrom, shuffled } from './fault-plan.js';
import { FAULT_REGIONS } from './fault-world.js';

/** What a customer, or an operator for it, does. */
export const BEHAVIOURS = [
  'accepts',
  'accepts-after-lies',
  'accepts-and-deletes',
  'accepts-and-is-closed',
  'declines',
  'rejects-in-aws',
  'forgets',
  'is-cancelled',
] as const;

export type Behaviour = (typeof BEHAVIOURS)[number];

/** How a connection ends; those that are merely accepted are closed when everything else is over. */
export const ENDS: Readonly<Record<Behaviour, PeeringState>> = {
  accepts: 'released',
  'accepts-after-lies': 'released',
  'accepts-and-deletes': 'disconnected',
  'accepts-and-is-closed': 'released',
  declines: 'declined',
  'rejects-in-aws': 'declined',
  forgets: 'expired',
  'is-cancelled': 'cancelled',
};

export interface PlannedConnection {
  readonly behaviour: Behaviour;
  readonly organization: number;
  readonly region: string;
  readonly ranges: number;
  /** Milliseconds from the start until it is requested. */
  readonly startsAfter: number;
  /** Milliseconds a person takes for each step. */
  readonly hesitates: number;
}

export interface SoakPlan {
  readonly connections: readonly PlannedConnection[];
  /** Milliseconds from the start at which the worker is killed. */
  readonly kills: readonly number[];
  readonly faults: readonly FaultRule[];
  readonly settings: EmulatorSettingsPatch;
}

const STARTS_WITHIN_MS = 20_000;
const MOST_HESITATION_MS = 4_000;
const KILLS = 3;
const FIRST_KILL_MS = 8_000;
const BETWEEN_KILLS_MS = 20_000;
const CONNECTIONS_PER_ORGANIZATION = 4;

export function soakPlan(seed: number, size: number): SoakPlan {
  const random = randomFrom(seed);
  const behaviours = Array.from(
    { length: size },
    (_, index) => BEHAVIOURS[index % BEHAVIOURS.length] ?? 'accepts',
  );
  return {
    connections: shuffled(behaviours, random).map((behaviour, index) => ({
      behaviour,
      organization: Math.floor(index / CONNECTIONS_PER_ORGANIZATION),
      region: pick(FAULT_REGIONS, random),
      ranges: 1 + Math.floor(random() * 3),
      startsAfter: Math.floor(random() * STARTS_WITHIN_MS),
      hesitates: Math.floor(random() * MOST_HESITATION_MS),
    })),
    kills: Array.from(
      { length: KILLS },
      (_, index) => FIRST_KILL_MS + index * BETWEEN_KILLS_MS + Math.floor((random() * BETWEEN_KILLS_MS) / 2),
    ),
    faults: faultsOnOneCallInFive(random),
    settings: {
      provisioningSeconds: 1,
      propagationSeconds: 1,
      initiatingSeconds: 0.5,
      visibility: {
        vpc: { describes: 1 },
        subnet: { describes: 1 },
        'security-group': { describes: 1 },
        'vpc-peering-connection': { describes: 1 },
      },
      quotas: { outstandingPeerings: 10 * size, vpcsPerRegion: 10 * size },
    },
  };
}

/** The first that strikes wins, so the later ones have a little less to strike at: 19.6 % of the calls in all. */
function faultsOnOneCallInFive(random: () => number): FaultRule[] {
  const rules: Omit<FaultRule, 'action'>[] = [
    { kind: 'error', code: 'InternalError', probability: 0.07 },
    { kind: 'error', code: 'RequestLimitExceeded', probability: 0.07 },
    { kind: 'lost-reply', probability: 0.07 },
    { kind: 'latency', latencyMs: 100, probability: 0.05 },
  ];
  return rules.map((rule) => ({
    ...rule,
    action: '*',
    account: PROVIDER,
    times: null,
    seed: Math.floor(random() * 2 ** 31),
  }));
}
