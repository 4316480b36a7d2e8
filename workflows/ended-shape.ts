import type { EndedPeering } from '../contract/ended-peering.js';
import { connectionName, connectionOfWorkflowId } from '../contract/names.js';
import type {
  CustomerNetwork,
  FailureReport,
  HistoryEntry,
  NextStep,
  Parked,
  PeeringStatus,
  PlanSummary,
  ProviderNetwork,
} from '../contract/status.js';
import { END_STATES, isPeeringState } from '../domain/lifecycle.js';

/** Longest value of a Keyword attribute that every visibility store of Temporal takes. */
const MAX_KEYWORD = 255;
/** An honest end has some 20 KB; it must leave room when the keeping workflow hands it on, below Temporal's 2 MiB. */
const MAX_CHARACTERS = 500_000;

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const keyword: Check = (value) => typeof value === 'string' && value.length <= MAX_KEYWORD;
const count: Check = (value) => typeof value === 'number';
const state: Check = (value) => typeof value === 'string' && isPeeringState(value);
const endState: Check = (value) => END_STATES.some((known) => known === value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/**
 * Only these fields are looked at. Whoever adds one to the contract leaves it out here, and nobody tightens a check: an end
 * is looked at again at every replay, and those kept by earlier versions have to pass for years.
 */
const shape =
  <T>(fields: Partial<Record<keyof T, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries<Check | undefined>(fields).every(([name, check]) => check?.(Reflect.get(value, name)));

const status = shape<PeeringStatus>({
  state: endState,
  since: text,
  organizationId: keyword,
  customerName: text,
  plan: orNull(
    shape<PlanSummary>({
      providerRegion: text,
      providerCidr: text,
      reasons: listOf(text),
      advice: listOf(text),
    }),
  ),
  provider: orNull(
    shape<ProviderNetwork>({
      accountId: text,
      region: keyword,
      vpcId: orNull(text),
      cidr: text,
      subnetIds: listOf(text),
      routeTableId: orNull(text),
      networkAclId: orNull(text),
      securityGroupId: orNull(text),
    }),
  ),
  customer: shape<CustomerNetwork>({
    accountId: keyword,
    region: text,
    vpcId: text,
    subnetCidrs: listOf(text),
  }),
  peeringConnectionId: orNull(keyword),
  expiresAt: orNull(text),
  round: count,
  nextStep: shape<NextStep>({ who: text, what: text }),
  parked: orNull(shape<Parked>({ from: state, for: text, who: text, since: text })),
  history: listOf(
    shape<HistoryEntry>({
      at: text,
      state,
      note: text,
      count: (value) => value === undefined || count(value),
    }),
  ),
  failure: orNull(
    shape<FailureReport>({
      code: text,
      message: text,
      who: text,
      nextStep: text,
    }),
  ),
});

const ended = shape<EndedPeering>({ status, workflowId: text, runId: text });

/** Whether it can be kept, shown and searched: signals come from anyone who may signal, and are data of unknown shape. */
function isEndedPeering(value: unknown): value is EndedPeering {
  return ended(value) && charactersOf(value) <= MAX_CHARACTERS;
}

/** Lists within lists by the thousand can be read, but not be written again. */
function charactersOf(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    return Infinity;
  }
}

/** The end as it came, if it is one of the connection that this workflow keeps; null for anything else. */
export function endIn(value: unknown, keptBy: string): EndedPeering | null {
  if (!isEndedPeering(value)) return null;
  const { organizationId, customer } = value.status;
  const kept = connectionOfWorkflowId(keptBy);
  const told = connectionName({ organizationId, vpcId: customer.vpcId });
  return kept !== null && connectionName(kept) === told ? value : null;
}
