import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CausewayError, LARGEST_PAGE, type PageOptions } from '../../client/index.js';
import { organizationId } from '../../domain/request/text-fields.js';
import { requireScope, requireVisible, senderOf } from '../http/authenticate.js';
import type { GatewayHono } from '../http/hono-types.js';
import { ProblemError } from '../problems/problem.js';
import { requestBody } from '../schemas/bodies.js';
import { problems } from '../schemas/problem.js';
import { peeringPage, peeringState, requestedPeering } from '../schemas/status.js';
import { pathOf } from './connection-path.js';
import type { GatewayApp, GatewayParts } from './parts.js';

const READ = 'peerings:read';
const WRITE = 'peerings:write';

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .optional()
  .meta({
    description:
      'A mark of this one intent: the newest request for the connection with the same mark, key and body is found again, also when it is over',
  });

const requestRoute = createRoute({
  method: 'post',
  path: '/v1/peerings',
  operationId: 'requestPeering',
  summary: 'Requests a peering; the same request made twice while it runs is one',
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: {
    headers: z.object({ 'idempotency-key': idempotencyKey }),
    body: { required: true, content: { 'application/json': { schema: requestBody } } },
  },
  responses: {
    202: {
      description: 'Under way; the status is at Location',
      headers: { Location: { schema: { type: 'string' }, required: true, description: 'Of the connection' } },
      content: { 'application/json': { schema: requestedPeering } },
    },
    ...problems(400, 404, 409, 413, 415, 422),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/peerings',
  operationId: 'listPeerings',
  summary: 'The connections that the key may see, page by page, newest first',
  security: [{ apiKey: [READ] }],
  middleware: [requireScope(READ)] as const,
  request: {
    query: z.strictObject({
      state: peeringState.optional(),
      organizationId: organizationId.optional(),
      limit: z
        .string()
        .regex(/^(?:[1-9][0-9]?|100)$/, `must be a whole number from 1 to ${LARGEST_PAGE}`)
        .transform(Number)
        .optional()
        .meta({
          type: 'integer',
          minimum: 1,
          maximum: LARGEST_PAGE,
          description: 'At most so many; 50 if absent',
        }),
      cursor: z
        .string()
        .regex(/^[A-Za-z0-9_.-]{1,4096}$/, 'is not one that was given out')
        .optional()
        .meta({ description: '`nextCursor` of the page before, with the same filter' }),
    }),
  },
  responses: {
    200: {
      description:
        'A page; it may have fewer than asked for, and only a missing cursor says that it is the last',
      content: { 'application/json': { schema: peeringPage } },
    },
    ...problems(400),
  },
});

export function addPeerings(app: GatewayApp, { causeway }: GatewayParts): void {
  app.openapi(requestRoute, async (context) => {
    const request = context.req.valid('json');
    requireVisible(context, request.organizationId);
    const mark = context.req.valid('header')['idempotency-key'];
    const { workflowId, runId, wasUnderWay, isAsRequested } = await causeway.request(request, {
      by: senderOf(context),
      ...(mark === undefined ? {} : { once: onceOf(context, mark) }),
    });
    if (isAsRequested === false) throw conflict(mark, wasUnderWay);
    const { organizationId: org, vpcId } = request;
    context.header('Location', pathOf(request));
    return context.json({ organizationId: org, vpcId, workflowId, runId, wasUnderWay }, 202);
  });

  app.openapi(listRoute, async (context) => {
    const { state, organizationId: org, limit, cursor } = context.req.valid('query');
    const organizationIds = visibleAmong(context, org);
    if (organizationIds?.length === 0) return context.json({ peerings: [], nextCursor: null }, 200);
    const options: PageOptions = {
      ...(state === undefined ? {} : { state }),
      ...(organizationIds === null ? {} : { organizationIds }),
      ...(limit === undefined ? {} : { pageSize: limit }),
      ...(cursor === undefined ? {} : { pageToken: cursor }),
    };
    const { peerings, nextPageToken } = await causeway.listPage(options).catch(unlessCursor(cursor));
    return context.json({ peerings, nextCursor: nextPageToken }, 200);
  });
}

/** Another's mark of the same spelling is another mark; and what the caller made up is not kept. */
function onceOf(context: Context<GatewayHono>, mark: string): string {
  return createHash('sha256').update(`${context.var.caller.keyId} ${mark}`).digest('hex');
}

function conflict(mark: string | undefined, wasUnderWay: boolean): ProblemError {
  return mark !== undefined && !wasUnderWay
    ? new ProblemError('IdempotencyKeyReused', 'use a new key for a new request')
    : new ProblemError(
        'RequestConflict',
        'a request with another body is under way; wait for its end, or delete it',
      );
}

/** Null for all; none where the key may see nothing of what is asked for. */
function visibleAmong(context: Context<GatewayHono>, wanted: string | undefined): string[] | null {
  const { organizations } = context.var.caller;
  if (organizations === null) return wanted === undefined ? null : [wanted];
  return wanted === undefined ? [...organizations] : [wanted].filter((one) => organizations.has(one));
}

/** The words of the client are for people at a terminal. */
function unlessCursor(cursor: string | undefined): (error: unknown) => never {
  return (error) => {
    if (cursor === undefined || !(error instanceof CausewayError) || error.code !== 'InvalidRequest')
      throw error;
    const problem = 'was not given out for this filter; begin with the first page';
    throw new ProblemError('InvalidRequest', `cursor: ${problem}`, {
      errors: [{ field: 'cursor', problem }],
    });
  };
}
