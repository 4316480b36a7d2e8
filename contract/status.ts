import { z } from 'zod';
import type { AccessRule } from '../domain/access/written-access.js';
import { CUSTOMER_DNS, type CustomerSteps } from '../domain/customer-steps.js';
import { FAILURE_CODES } from '../domain/failures.js';
import { PEERING_STATES, type Who } from '../domain/lifecycle.js';

/** ISO 8601, UTC. */
const instant = z.string().meta({ format: 'date-time' });

const who = z.enum(['customer', 'provider', 'causeway', 'nobody'] satisfies [Who, ...Who[]]);

export const peeringState = z.enum(PEERING_STATES).meta({ id: 'PeeringState' });

export const planSummary = z.object({
  providerRegion: z.string(),
  providerCidr: z.string(),
  reasons: z.array(z.string()),
  advice: z.array(z.string()),
});

/** The provider's side as far as it is built; ids are null until AWS has given them. */
const providerNetwork = z.object({
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string().nullable(),
  cidr: z.string(),
  subnetIds: z.array(z.string()),
  routeTableId: z.string().nullable(),
  networkAclId: z.string().nullable(),
  securityGroupId: z.string().nullable(),
});

const accessRule: z.ZodType<AccessRule> = z.object({
  protocol: z.string(),
  ports: z.array(z.union([z.int(), z.string()])).optional(),
});

const customerNetwork = z.object({
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string(),
  subnetCidrs: z.array(z.string()),
  avoidCidrs: z
    .array(z.string())
    .optional()
    .meta({ description: 'What the network uses elsewhere, as the request or whoever declined it says' }),
  access: z
    .array(accessRule)
    .optional()
    .meta({ description: 'What the connectors may open; absent until the request is known to be valid' }),
  dnsResolution: z.boolean().optional().meta({
    description: 'Whether the customer is asked to enable DNS resolution on its side; absent as access is',
  }),
});

const customerSteps: z.ZodType<CustomerSteps> = z.object({
  route: z.object({ cidr: z.string(), peeringConnectionId: z.string() }),
  dns: z.enum(CUSTOMER_DNS).nullable(),
});

const statusFacts = z.object({
  customerSteps: customerSteps.nullable().meta({ description: 'Null until the connection is up' }),
});

const nextStep = z.object({ who, what: z.string() });

/** A wait for something outside: a quota, a permission, or whatever AWS answered. */
const parked = z.object({
  from: peeringState,
  for: z.string(),
  who,
  since: instant,
  message: z.string().meta({ description: 'What AWS answered last, with the action and the region' }),
});

/** What others can say as often as they like has a topic: one line for all of it, whoever says it. */
export const HISTORY_TOPICS = ['claim', 'answer', 'decline', 'reminder', 'link', 'retry'] as const;

const historyEntry = z.object({
  at: instant,
  state: peeringState,
  note: z.string(),
  count: z.int().optional().meta({
    description:
      'How often it was noted while the state lasted, when more than once; at and note are of the last time',
  }),
  topic: z.enum(HISTORY_TOPICS).optional(),
});

const failureReport = z.object({
  code: z.enum(FAILURE_CODES),
  message: z.string(),
  who,
  nextStep: z.string(),
});

/** Answer of the query `status`, of `provisionPeering` and of `maintainPeering`; the one description of it. */
export const peeringStatus = z
  .object({
    state: peeringState,
    since: instant,
    organizationId: z.string(),
    customerName: z.string(),
    plan: planSummary.nullable(),
    provider: providerNetwork.nullable(),
    customer: customerNetwork,
    peeringConnectionId: z.string().nullable(),
    expiresAt: instant.nullable().meta({ description: 'When AWS drops the request, as AWS said it' }),
    round: z.int().meta({ description: 'Which request this is, counted from 1' }),
    reminders: z.int().meta({ description: "How many of this request's reminders were told" }),
    linkGeneration: z.int().optional().meta({
      description:
        "Of the customer's link that opens now, older ones being revoked; absent until there is one",
    }),
    nextStep,
    parked: parked.nullable(),
    facts: statusFacts.meta({ description: 'What the texts beside it are written from' }),
    history: z.array(historyEntry),
    failure: failureReport.nullable(),
  })
  .meta({ id: 'PeeringStatus' });

export type PeeringStatus = z.infer<typeof peeringStatus>;
export type PlanSummary = z.infer<typeof planSummary>;
export type ProviderNetwork = z.infer<typeof providerNetwork>;
export type CustomerNetwork = z.infer<typeof customerNetwork>;
export type NextStep = z.infer<typeof nextStep>;
export type HistoryEntry = z.infer<typeof historyEntry>;
export type HistoryTopic = (typeof HISTORY_TOPICS)[number];
export type FailureReport = z.infer<typeof failureReport>;
