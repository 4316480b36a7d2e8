import { setMaxListeners } from 'node:events';
import { createRoute, z } from '@hono/zod-openapi';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { CausewayError } from '../../client/index.js';
import { requireScope } from '../http/authenticate.js';
import { ProblemError, problemOf, problemOfClient } from '../problems/problem.js';
import { problems } from '../schemas/problem.js';
import { CONNECTION_PATH, connectionOf, connectionParams } from './connection-path.js';
import type { Causeway, GatewayApp, GatewayParts } from './parts.js';

const SCOPE = 'peerings:read';

/** Proxies close what is silent; most wait for a minute. */
const COMMENT_EVERY_MS = 15_000;
/** Whoever listens longer connects again, and has its key looked at again. */
const LONGEST_MS = 30 * 60_000;
/** How soon a listener is to come back, in ms. */
const RETRY_MS = 3_000;
const MOST_OF_A_KEY = 20;
const MOST_IN_ALL = 500;

const eventsRoute = createRoute({
  method: 'get',
  path: `${CONNECTION_PATH}/events`,
  operationId: 'watchPeering',
  summary:
    'Server-sent events: `status` now and at each change, `end` after the last one, `problem` if it breaks off',
  security: [{ apiKey: [SCOPE] }],
  middleware: [requireScope(SCOPE)] as const,
  request: { params: connectionParams },
  responses: {
    200: {
      description: 'Events whose data is a status, as GET of the connection answers it',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(404),
  },
});

export function addEvents(app: GatewayApp, { causeway, closing }: GatewayParts): void {
  const listeners = new Listeners();
  setMaxListeners(MOST_IN_ALL, closing);
  app.openapi(eventsRoute, async (context) => {
    const key = connectionOf(context, context.req.valid('param'));
    // Before the stream begins, for from then on no status can be answered any more.
    await causeway.status(key);
    if (context.req.method === 'HEAD')
      return context.body(null, 200, { 'Content-Type': 'text/event-stream' });
    const { requestId } = context.var;
    const leave = listeners.enter(context.var.caller.keyId);
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(context, async (stream) => {
      // No AbortSignal.any: on Node 20 what it makes can be collected as garbage before it tells anyone.
      const stop = new AbortController();
      const end = (): void => {
        stop.abort();
      };
      stream.onAbort(end);
      closing.addEventListener('abort', end);
      if (closing.aborted) end();
      const longest = setTimeout(end, LONGEST_MS);
      const { signal } = stop;
      const comments = setInterval(() => void stream.write(': \n\n'), COMMENT_EVERY_MS);
      try {
        await tell(stream, causeway.watch(key, { signal, longestMs: LONGEST_PAUSE_MS }));
        if (!signal.aborted) await stream.writeSSE({ event: 'end', data: '{}' });
      } catch (error) {
        const problem =
          error instanceof CausewayError
            ? problemOfClient(error)
            : new ProblemError('InternalError', 'report it with the request id', { cause: error });
        await stream.writeSSE({ event: 'problem', data: JSON.stringify(problemOf(problem, requestId)) });
      } finally {
        clearInterval(comments);
        clearTimeout(longest);
        closing.removeEventListener('abort', end);
        leave();
      }
    });
  });
}

/** Each question costs the worker a moment: with 500 listeners, some 100 a second. */
const LONGEST_PAUSE_MS = 5_000;

async function tell(stream: SSEStreamingApi, changes: ReturnType<Causeway['watch']>): Promise<void> {
  let id = 0;
  for await (const status of changes) {
    id += 1;
    await stream.writeSSE({
      event: 'status',
      id: id.toString(),
      data: JSON.stringify(status),
      retry: RETRY_MS,
    });
  }
}

/** Streams last, so they are counted rather than limited by rate. */
class Listeners {
  readonly #of = new Map<string, number>();
  #all = 0;

  /**
   * @returns to be called once, when the stream ends
   * @throws ProblemError `TooManyRequests`
   */
  enter(keyId: string): () => void {
    const own = this.#of.get(keyId) ?? 0;
    if (own >= MOST_OF_A_KEY || this.#all >= MOST_IN_ALL) {
      const headers = { 'Retry-After': '30' };
      throw new ProblemError('TooManyRequests', 'too many streams are open; close one first', { headers });
    }
    this.#of.set(keyId, own + 1);
    this.#all += 1;
    return () => {
      const left = (this.#of.get(keyId) ?? 1) - 1;
      if (left === 0) this.#of.delete(keyId);
      else this.#of.set(keyId, left);
      this.#all -= 1;
    };
  }
}
