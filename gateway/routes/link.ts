import { createRoute, z } from '@hono/zod-openapi';
import { newLink } from '../../client/links/new-link.js';
import { requireScope, senderOf } from '../http/authenticate.js';
import { ProblemError } from '../problems/problem.js';
import { problems } from '../schemas/problem.js';
import { CONNECTION_PATH, connectionOf, connectionParams } from './connection-path.js';
import type { GatewayApp, GatewayParts } from './parts.js';

const WRITE = 'peerings:write';

const customerLink = z
  .object({
    organizationId: z.string(),
    vpcId: z.string(),
    url: z.string().meta({ description: 'Whoever has it can say that the customer accepts or declines' }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'CustomerLink' });

const linkRoute = createRoute({
  method: 'post',
  path: `${CONNECTION_PATH}/link`,
  operationId: 'makeCustomerLink',
  summary: "Makes the link to the customer's page, open for 7 days, and revokes the earlier ones",
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: { params: connectionParams },
  responses: {
    201: { description: 'The link', content: { 'application/json': { schema: customerLink } } },
    ...problems(404, 409),
  },
});

export function addLink(app: GatewayApp, { causeway, links, limits }: GatewayParts): void {
  app.openapi(linkRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    if (links === undefined) {
      const next = 'run `npm run gateway -- keys link`, and start the gateway again';
      throw new ProblemError('ConfigurationInvalid', `the file of keys has no keys for links; ${next}`);
    }
    const link = await limits.orders.give('link', key, () =>
      newLink(causeway, { key, by: senderOf(context) }, links),
    );
    return context.json({ ...key, ...link }, 201);
  });
}
