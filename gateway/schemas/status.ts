import { z } from '@hono/zod-openapi';
import type { ListedPeering, PeeringPlan } from '../../client/index.js';
import { peeringState, planSummary } from '../../contract/status.js';

export { peeringState, peeringStatus } from '../../contract/status.js';

const instant = z.string().meta({ format: 'date-time' });

const portRange = z.object({ from: z.int(), to: z.int() });

export const peeringPlan: z.ZodType<PeeringPlan> = z
  .object({
    ...planSummary.shape,
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
