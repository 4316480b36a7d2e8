import type { MiddlewareHandler } from 'hono';
import { ProblemError } from '../problems/problem.js';
import type { GatewayHono } from './hono-types.js';

/** Node drops what is beyond its own bound in silence; with that at one more, it shows that there were too many. */
export const MOST_HEADERS = 100;

/** Whatever URL parsers resolve, decode or take for a slash: what is routed would not be what was asked for. */
const MISLEADING = /%2f|%5c|\\|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** Looks at what came over the line, before it is read as headers and a path. */
export const refuseMisleading: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const { rawHeaders = [], url = '' } = context.env.incoming ?? {};
  if (rawHeaders.length > 2 * MOST_HEADERS)
    throw new ProblemError('HeadersTooLarge', `send ${MOST_HEADERS} headers at most`);
  const [path = ''] = url.split(/[?#]/, 1);
  if (MISLEADING.test(path)) throw new ProblemError('NotFound', 'send the path as it is to be read');
  await next();
};
