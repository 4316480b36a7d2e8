import { z } from '@hono/zod-openapi';
import type { AccessChange, WrittenRequest } from '../../client/index.js';
import { changeSchema, readAccessChange } from '../../domain/request/access-change.js';
import { avoidedCidrs } from '../../domain/request/avoided-cidrs.js';
import { isRecord, kindOf, pathText } from '../../domain/request/problems.js';
import { ANY_PROVIDER, parseRequest, requestSchema } from '../../domain/request.js';
import { checkedBody } from './checked-body.js';

/** A request as it was sent: the worker applies the defaults, and knows the provider's account and regions. */
export const requestBody = checkedBody<WrittenRequest>('PeeringRequest', requestSchema, (input) => {
  const parsed = parseRequest(input, ANY_PROVIDER);
  if (!parsed.ok) return parsed;
  const { organizationId, vpcId } = parsed.request;
  return { ok: true, value: { ...(isRecord(input) ? input : {}), organizationId, vpcId } };
});

/** Who changes it is the gateway's to say. */
const describedChange = z
  .object(changeSchema.omit({ by: true }).shape)
  .meta({ additionalProperties: false, minProperties: 1 });

export const changeBody = checkedBody<Omit<AccessChange, 'by'>>('AccessChange', describedChange, (input) => {
  if (isRecord(input) && Object.hasOwn(input, 'by'))
    return { ok: false, problems: [{ field: 'by', problem: 'is set by the gateway' }] };
  const read = readAccessChange(input);
  if (!read.ok) return read;
  return { ok: true, value: isRecord(input) ? input : {} };
});

const LONGEST_REASON = 256;

const acceptanceSchema = z.strictObject({
  decision: z.enum(['accepted', 'declined'], { error: 'must be "accepted" or "declined"' }),
  reason: z
    .string({ error: ({ input }) => `must be text, not ${kindOf(input)}` })
    .max(LONGEST_REASON)
    .optional()
    .meta({ description: 'Why the customer declines, in its words' }),
  avoidCidrs: avoidedCidrs.optional().meta({
    description: "With a decline: what the customer's network uses, /8 to /32, for the next request to avoid",
  }),
});

export type Decision = z.output<typeof acceptanceSchema>;

export const acceptanceBody = checkedBody<Decision>('Acceptance', acceptanceSchema, (input) => {
  const parsed = acceptanceSchema.safeParse(input);
  if (parsed.success) {
    return parsed.data.decision === 'accepted' && parsed.data.avoidCidrs !== undefined
      ? { ok: false, problems: [{ field: 'avoidCidrs', problem: 'is said with a decline only' }] }
      : { ok: true, value: parsed.data };
  }
  const problems = parsed.error.issues.map(({ path, message }) => ({
    field: pathText(path) || 'body',
    problem: message,
  }));
  return { ok: false, problems };
});
