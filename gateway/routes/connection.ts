import { createRoute } from '@hono/zod-openapi';
import { CausewayError, type ConnectionKey } from '../../client/index.js';
import { requireScope, senderOf } from '../http/authenticate.js';
import { acceptanceBody, changeBody } from '../schemas/bodies.js';
import { problems } from '../schemas/problem.js';
import { decisionTaken, orderTaken, peeringStatus } from '../schemas/status.js';
import { CONNECTION_PATH, connectionOf, connectionParams } from './connection-path.js';
import type { Causeway, GatewayApp, GatewayParts } from './parts.js';

const READ = 'peerings:read';
const WRITE = 'peerings:write';

const TAKEN = {
  description: 'The connection was told; its status says what comes of it',
  content: { 'application/json': { schema: orderTaken } },
};

const statusRoute = createRoute({
  method: 'get',
  path: CONNECTION_PATH,
  operationId: 'getPeering',
  summary: 'Where a connection stands, who has to act next, and its history',
  security: [{ apiKey: [READ] }],
  middleware: [requireScope(READ)] as const,
  request: { params: connectionParams },
  responses: {
    200: { description: 'The status', content: { 'application/json': { schema: peeringStatus } } },
    ...problems(404),
  },
});

const changeRoute = createRoute({
  method: 'patch',
  path: CONNECTION_PATH,
  operationId: 'changePeering',
  summary: 'Gives a living connection other ranges or ports, without a gap in what stays allowed',
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: {
    params: connectionParams,
    body: { required: true, content: { 'application/json': { schema: changeBody } } },
  },
  responses: { 202: TAKEN, ...problems(400, 404, 409, 413, 415) },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: CONNECTION_PATH,
  operationId: 'deletePeering',
  summary:
    'Cancels a request that is under way, or takes a living connection down; everything made is released',
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: { params: connectionParams },
  responses: {
    200: {
      description: 'It is over already',
      content: { 'application/json': { schema: peeringStatus } },
    },
    202: TAKEN,
    ...problems(404),
  },
});

const acceptanceRoute = createRoute({
  method: 'post',
  path: `${CONNECTION_PATH}/acceptance`,
  operationId: 'decidePeering',
  summary: 'Says what the customer decided. Causeway looks at AWS, and of an acceptance believes only that',
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: {
    params: connectionParams,
    body: { required: true, content: { 'application/json': { schema: acceptanceBody } } },
  },
  responses: {
    202: { ...TAKEN, content: { 'application/json': { schema: decisionTaken } } },
    ...problems(400, 404, 409, 413, 415),
  },
});

const retryRoute = createRoute({
  method: 'post',
  path: `${CONNECTION_PATH}/retry`,
  operationId: 'retryPeering',
  summary: 'Makes what is parked try at once, instead of at its next turn; also while it is being released',
  security: [{ apiKey: [WRITE] }],
  middleware: [requireScope(WRITE)] as const,
  request: { params: connectionParams },
  responses: { 202: TAKEN, ...problems(404, 409) },
});

export function addConnection(app: GatewayApp, { causeway, limits: { claims, orders } }: GatewayParts): void {
  app.openapi(statusRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    return context.json(await causeway.status(key), 200);
  });

  app.openapi(changeRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    const change = { ...context.req.valid('json'), by: senderOf(context) };
    await orders.give('change', key, () => causeway.startChange(key, change));
    return context.json({ ...key, told: 'change' as const }, 202);
  });

  app.openapi(deleteRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    const told = await orders.give('end', key, () => takeDown(causeway, key, senderOf(context)));
    return told === null
      ? context.json(await causeway.status(key), 200)
      : context.json({ ...key, told }, 202);
  });

  app.openapi(acceptanceRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    const { decision, ...said } = context.req.valid('json');
    const by = senderOf(context);
    const told = decision === 'accepted' ? ('accept' as const) : ('decline' as const);
    const isTold = await claims.tell(told, key, () =>
      told === 'accept' ? causeway.accept(key, by) : causeway.decline(key, { by, ...said }),
    );
    return context.json({ ...key, told, heardAlready: !isTold }, 202);
  });

  app.openapi(retryRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    await orders.give('retry', key, () => causeway.retry(key, senderOf(context)));
    return context.json({ ...key, told: 'retry' as const }, 202);
  });
}

/** What was told; null when it is over already. A request may become a connection between two questions. */
async function takeDown(
  causeway: Causeway,
  key: ConnectionKey,
  by: string,
): Promise<'cancel' | 'close' | null> {
  const close = async (): Promise<'close'> => {
    await causeway.close(key, { by });
    return 'close';
  };
  const cancel = async (): Promise<'cancel'> => {
    await causeway.cancel(key, { by });
    return 'cancel';
  };
  const has = (error: unknown, code: CausewayError['code']): boolean =>
    error instanceof CausewayError && error.code === code;
  try {
    return await close();
  } catch (notUp) {
    if (!has(notUp, 'NotInState')) throw notUp;
  }
  try {
    return await cancel();
  } catch (notUnderWay) {
    if (has(notUnderWay, 'AlreadyConnected')) return close();
    if (has(notUnderWay, 'NotInState')) return null;
    throw notUnderWay;
  }
}
