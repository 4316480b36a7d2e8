import { z } from '@hono/zod-openapi';
import type { ListedPeering, PeeringPlan, PeeringStatus } from '../../client/index.js';
import { HISTORY_TOPICS } from '../../contract/status.js';
import { CUSTOMER_DNS } from '../../domain/customer-steps.js';
import { FAILURE_CODES } from '../../domain/failures.js';
import { PEERING_STATES, type PeeringState, type Who } from '../../domain/lifecycle.js';

/** Each schema is held to the shape of the contract by the compiler: what the query answers is what is described. */

const instant = z.string().meta({ format: 'date-time' });
const who: z.ZodType<Who> = z.enum(['customer', 'provider', 'causeway', 'nobody']);

export const peeringState: z.ZodType<PeeringState> = z.enum(PEERING_STATES).meta({ id: 'PeeringState' });

const planSummary = {
  providerRegion: z.string(),
  providerCidr: z.string(),
  reasons: z.array(z.string()),
  advice: z.array(z.string()),
};

export const peeringStatus: z.ZodType<PeeringStatus> = z
  .object({
    state: peeringState,
    since: instant,
    organizationId: z.string(),
    customerName: z.string(),
    plan: z.object(planSummary).nullable(),
    provider: z
      .object({
        accountId: z.string(),
        region: z.string(),
        vpcId: z.string().nullable(),
        cidr: z.string(),
        subnetIds: z.array(z.string()),
        routeTableId: z.string().nullable(),
        networkAclId: z.string().nullable(),
        securityGroupId: z.string().nullable(),
      })
      .nullable(),
    customer: z.object({
      accountId: z.string(),
      region: z.string(),
      vpcId: z.string(),
      subnetCidrs: z.array(z.string()),
      avoidCidrs: z.array(z.string()).optional(),
    }),
    peeringConnectionId: z.string().nullable(),
    expiresAt: instant.nullable(),
    round: z.int(),
    reminders: z.int(),
    nextStep: z.object({ who, what: z.string() }),
    parked: z
      .object({ from: peeringState, for: z.string(), who, since: instant, message: z.string() })
      .nullable(),
    facts: z.object({
      customerSteps: z
        .object({
          route: z.object({ cidr: z.string(), peeringConnectionId: z.string() }),
          dns: z.enum(CUSTOMER_DNS).nullable(),
        })
        .nullable(),
    }),
    history: z.array(
      z.object({
        at: instant,
        state: peeringState,
        note: z.string(),
        count: z.int().optional(),
        topic: z.enum(HISTORY_TOPICS).optional(),
      }),
    ),
    failure: z
      .object({ code: z.enum(FAILURE_CODES), message: z.string(), who, nextStep: z.string() })
      .nullable(),
  })
  .meta({ id: 'PeeringStatus' });

const portRange = z.object({ from: z.int(), to: z.int() });

export const peeringPlan: z.ZodType<PeeringPlan> = z
  .object({
    ...planSummary,
    roundTripMs: z.number(),
    ranking: z.array(
      z.object({ region: z.string(), roundTripMs: z.number(), measured: z.literal(true).optional() }),
    ),
    runnersUp: z.array(z.object({ cidr: z.string(), reason: z.string() })),
    rejected: z.array(z.object({ cidr: z.string(), reason: z.string() })),
    providerSubnetCidrs: z.array(z.string()),
    access: z.object({
      routes: z.array(z.string()),
      networkAclEntries: z.array(
        z.object({
          ruleNumber: z.int(),
          egress: z.boolean(),
          protocol: z.enum(['6', '17', '1']),
          cidrBlock: z.string(),
          portRange: portRange.nullable(),
          icmp: z.object({ type: z.int(), code: z.int() }).nullable(),
        }),
      ),
      securityGroupEgress: z.array(
        z.object({
          ipProtocol: z.enum(['tcp', 'udp', 'icmp']),
          fromPort: z.int(),
          toPort: z.int(),
          cidr: z.string(),
        }),
      ),
    }),
  })
  .meta({ id: 'PeeringPlan' });

const listedPeering: z.ZodType<ListedPeering> = z
  .object({
    organizationId: z.string(),
    vpcId: z.string(),
    state: peeringState,
    providerRegion: z.string().nullable(),
    customerAccountId: z.string().nullable(),
    peeringConnectionId: z.string().nullable(),
    workflowId: z.string(),
    runId: z.string(),
    startedAt: instant,
  })
  .meta({ id: 'ListedPeering' });

export const peeringPage = z
  .object({
    peerings: z.array(listedPeering),
    nextCursor: z.string().nullable().meta({ description: 'For the next page; null on the last one' }),
  })
  .meta({ id: 'PeeringPage' });

export const requestedPeering = z
  .object({
    organizationId: z.string(),
    vpcId: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    wasUnderWay: z.boolean().meta({ description: 'The same request had been made before, and goes on' }),
  })
  .meta({ id: 'RequestedPeering' });

export const orderTaken = z
  .object({
    organizationId: z.string(),
    vpcId: z.string(),
    told: z.enum(['accept', 'decline', 'cancel', 'close', 'change', 'retry']),
  })
  .meta({ id: 'OrderTaken' });

export const decisionTaken = orderTaken
  .extend({
    heardAlready: z.boolean().meta({
      description: 'Whether the connection was told so often that it was not told once more',
    }),
  })
  .meta({ id: 'DecisionTaken' });
