import { OpenAPIHono, type Hook } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { describeProblems } from '../domain/request.js';
import { pathText } from '../domain/request/problems.js';
import { addressReader, networkOf } from './http/address.js';
import { authenticate } from './http/authenticate.js';
import type { GatewayHono } from './http/hono-types.js';
import { isFromOtherSite, refuseOtherSites } from './http/other-sites.js';
import { refuseMisleading } from './http/raw-request.js';
import { requestLog } from './http/request-log.js';
import { securityHeaders } from './http/security-headers.js';
import { DOCUMENT } from './openapi.js';
import { answerError, answerProblem } from './problems/answer.js';
import { ProblemError } from './problems/problem.js';
import { addConnection } from './routes/connection.js';
import { addEvents } from './routes/events.js';
import { addHealth } from './routes/health.js';
import { addLink } from './routes/link.js';
import type { GatewayApp, GatewayParts } from './routes/parts.js';
import { addPeerings } from './routes/peerings.js';
import { addPlans } from './routes/plans.js';

const MOST_BODY_BYTES = 16 * 1024;
const LONGEST_REQUEST_ID = 64;
/** Of a request that is wrong in more fields than that, the rest is only counted. */
const MOST_ERRORS = 100;

/** The gateway as a function from requests to answers; it listens nowhere. */
export function createApp(parts: GatewayParts): GatewayApp {
  const app: GatewayApp = new OpenAPIHono<GatewayHono>({ defaultHook: refuseInvalid });
  app.onError((error, context) => answerError(error, context, parts.readiness));
  app.notFound((context) =>
    answerProblem(new ProblemError('NotFound', 'GET /openapi.json describes what there is'), context),
  );

  app.use(requestId({ limitLength: LONGEST_REQUEST_ID }));
  app.use(securityHeaders);
  const addressOf = addressReader(parts.proxies, parts.log);
  app.use(async (context, next) => {
    const address = addressOf(context);
    const network = networkOf(address);
    context.set('log', parts.log);
    context.set('address', address);
    context.set('visitor', isFromOtherSite(context) ? `${network} by another site` : network);
    context.set('keyId', null);
    await next();
  });
  app.use(requestLog(parts.log));
  app.use(refuseMisleading);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) => {
        const allow = methods.join(', ');
        const problem = new ProblemError('MethodNotAllowed', `it takes ${allow}`, {
          headers: { Allow: allow },
        });
        return answerProblem(problem, context);
      },
    }),
  );
  addHealth(app, parts);

  app.use(refuseOtherSites);
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key that `npm run gateway -- keys new` made, with the scopes that the operation names',
  });

  if (parts.pages !== undefined) app.route('/', parts.pages);

  app.use('/v1/*', authenticate(parts.keys, parts.limits));
  app.use('/v1/*', bodyLimit({ maxSize: MOST_BODY_BYTES }));
  addPlans(app, parts);
  addPeerings(app, parts);
  addConnection(app, parts);
  addLink(app, parts);
  addEvents(app, parts);

  // Only what nobody with a key or a link is known to ask for gets here.
  app.use(async (context, next) => {
    if (context.var.keyId === null) await parts.limits.visitors.take(context.var.visitor);
    await next();
  });
  // To write it costs far more than to send it.
  let document: string | null = null;
  app.get('/openapi.json', (context) => {
    document ??= JSON.stringify(app.getOpenAPI31Document(DOCUMENT));
    return context.body(document, 200, { 'Content-Type': 'application/json' });
  });
  return app;
}

/** Everything wrong at once. A path that cannot be one of a connection is simply no path. */
const refuseInvalid: Hook<unknown, GatewayHono, string, unknown> = (result) => {
  if (result.success) return;
  if (result.target === 'param')
    throw new ProblemError('NotFound', 'GET /v1/peerings lists the connections that this key may see');
  const errors = result.error.issues
    .slice(0, MOST_ERRORS)
    .map(({ path, message }) => ({ field: pathText(path) || 'request', problem: message }));
  throw new ProblemError('InvalidRequest', describeProblems(errors), { errors });
};
