import type { AccessRule } from '../domain/access/written-access.js';
import type { CustomerSteps } from '../domain/customer-steps.js';
import type { FailureCode } from '../domain/failures.js';
import type { PeeringState, Who } from '../domain/lifecycle.js';

/** Answer of the query `status`, of `provisionPeering` and of `maintainPeering`. Times are ISO 8601, UTC. */
export interface PeeringStatus {
  state: PeeringState;
  since: string;
  organizationId: string;
  customerName: string;
  plan: PlanSummary | null;
  provider: ProviderNetwork | null;
  customer: CustomerNetwork;
  peeringConnectionId: string | null;
  /** When AWS drops the request, as AWS said it. */
  expiresAt: string | null;
  /** Which request this is, counted from 1. */
  round: number;
  /** How many of this request's reminders were told. */
  reminders: number;
  /** Of the customer's link that opens now, older ones being revoked; absent until there is one. */
  linkGeneration?: number;
  nextStep: NextStep;
  parked: Parked | null;
  /** What the texts beside it are written from. */
  facts: StatusFacts;
  history: HistoryEntry[];
  failure: FailureReport | null;
}

export interface PlanSummary {
  providerRegion: string;
  providerCidr: string;
  reasons: string[];
  advice: string[];
}

/** The provider's side as far as it is built; ids are null until AWS has given them. */
export interface ProviderNetwork {
  accountId: string;
  region: string;
  vpcId: string | null;
  cidr: string;
  subnetIds: string[];
  routeTableId: string | null;
  networkAclId: string | null;
  securityGroupId: string | null;
}

export interface CustomerNetwork {
  accountId: string;
  region: string;
  vpcId: string;
  subnetCidrs: string[];
  /** What the network uses elsewhere, as the request or whoever declined it says; absent where nothing is said. */
  avoidCidrs?: string[] | undefined;
  /** What the connectors may open; absent until the request is known to be valid, and in statuses of earlier versions. */
  access?: AccessRule[];
  /** Whether the customer is asked to enable DNS resolution on its side; absent as `access` is. */
  dnsResolution?: boolean;
}

export interface StatusFacts {
  /** Null until the connection is up. */
  customerSteps: CustomerSteps | null;
}

export interface NextStep {
  who: Who;
  what: string;
}

/** A wait for something outside: a quota, a permission, or whatever AWS answered. */
export interface Parked {
  from: PeeringState;
  for: string;
  who: Who;
  since: string;
  /** What AWS answered last, with the action and the region. */
  message: string;
}

export interface HistoryEntry {
  at: string;
  state: PeeringState;
  note: string;
  /** How often it was noted while the state lasted, when more than once; `at` and `note` are then those of the last time. */
  count?: number | undefined;
  /** What others can say as often as they like: one line for all of it, whoever says it. */
  topic?: HistoryTopic | undefined;
}

export const HISTORY_TOPICS = ['claim', 'answer', 'decline', 'reminder', 'link', 'retry'] as const;

export type HistoryTopic = (typeof HISTORY_TOPICS)[number];

export interface FailureReport {
  code: FailureCode;
  message: string;
  who: Who;
  nextStep: string;
}
