import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import type { GatewayHono } from './hono-types.js';

/**
 * One line for each request. Of the path only the route is logged, and of the headers nothing: a path can hold a customer's
 * link, a header a key.
 */
export function requestLog(log: Logger): MiddlewareHandler<GatewayHono> {
  return async (context, next) => {
    const started = performance.now();
    await next();
    const { requestId, keyId, address } = context.var;
    const { status } = context.res;
    // Middleware is registered for all methods, routes for one.
    const route = matchedRoutes(context).findLast(({ method }) => method !== 'ALL')?.path ?? null;
    const line = {
      requestId,
      keyId,
      address,
      method: context.req.method.slice(0, 16),
      route,
      status,
      ms: Math.round(performance.now() - started),
    };
    log[status >= 500 ? 'warn' : 'info'](line, 'request');
  };
}
