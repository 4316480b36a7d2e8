import { createRoute } from '@hono/zod-openapi';
import { requireScope, requireVisible } from '../http/authenticate.js';
import { requestBody } from '../schemas/bodies.js';
import { problems } from '../schemas/problem.js';
import { peeringPlan } from '../schemas/status.js';
import type { GatewayApp, GatewayParts } from './parts.js';

const SCOPE = 'peerings:read';

const planRoute = createRoute({
  method: 'post',
  path: '/v1/plans',
  operationId: 'planPeering',
  summary: 'What a request would build; nothing is allocated or created',
  security: [{ apiKey: [SCOPE] }],
  middleware: [requireScope(SCOPE)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: requestBody } } } },
  responses: {
    200: { description: 'The plan', content: { 'application/json': { schema: peeringPlan } } },
    ...problems(400, 404, 409, 413, 415),
  },
});

export function addPlans(app: GatewayApp, { causeway }: GatewayParts): void {
  app.openapi(planRoute, async (context) => {
    const request = context.req.valid('json');
    requireVisible(context, request.organizationId);
    return context.json(await causeway.plan(request), 200);
  });
}
