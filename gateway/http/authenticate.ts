import type { Context, MiddlewareHandler } from 'hono';
import type { Scope } from '../../domain/keys-file.js';
import type { ApiKeys } from '../keys/api-keys.js';
import { ProblemError } from '../problems/problem.js';
import type { GatewayHono } from './hono-types.js';
import type { Limits } from './limits.js';

/** A key has 60 characters or so; whatever is much longer is not even hashed. */
const LONGEST_HEADER = 200;

/** Lets in whoever has a key; what the key may do is asked by each route. */
export function authenticate(
  keys: ApiKeys,
  limits: Pick<Limits, 'keys' | 'visitors' | 'wrongKeys'>,
): MiddlewareHandler<GatewayHono> {
  return async (context, next) => {
    const header = context.req.header('Authorization');
    if (header === undefined) {
      await limits.visitors.take(context.var.visitor);
      throw unauthorized('send the header Authorization: Bearer and the key');
    }
    const key = /^Bearer +(\S+)$/i.exec(header.slice(0, LONGEST_HEADER))?.[1] ?? '';
    const caller = keys.callerWith(key);
    if (caller === null) {
      await limits.wrongKeys.take(context.var.visitor);
      throw unauthorized('this is no key of this gateway', ', error="invalid_token"');
    }
    context.set('keyId', caller.keyId);
    context.set('caller', caller);
    await limits.keys.take(caller.keyId);
    await next();
  };
}

/** @throws ProblemError `Forbidden` */
export function requireScope(scope: Scope): MiddlewareHandler<GatewayHono> {
  return async (context, next) => {
    if (!context.var.caller.scopes.has(scope)) {
      const challenge = `Bearer realm="causeway", error="insufficient_scope", scope="${scope}"`;
      const headers = { 'WWW-Authenticate': challenge };
      throw new ProblemError('Forbidden', `the key needs the scope ${scope}`, { headers });
    }
    await next();
  };
}

/**
 * What a key may not see is answered as what does not exist.
 *
 * @throws ProblemError `NotFound`
 */
export function requireVisible(context: Context<GatewayHono>, organizationId: string): void {
  const { organizations } = context.var.caller;
  if (organizations === null || organizations.has(organizationId)) return;
  throw new ProblemError('NotFound', 'GET /v1/peerings lists the connections that this key may see');
}

/** Who gives an order, as it stands in the workflow's history. */
export function senderOf(context: Context<GatewayHono>): string {
  const { caller, requestId } = context.var;
  return `key ${caller.keyId}, request ${requestId}`;
}

function unauthorized(detail: string, error = ''): ProblemError {
  const headers = { 'WWW-Authenticate': `Bearer realm="causeway"${error}` };
  return new ProblemError('Unauthorized', detail, { headers });
}
