import { createRoute, z } from '@hono/zod-openapi';
import { ProblemError } from '../problems/problem.js';
import { problems } from '../schemas/problem.js';
import type { GatewayApp, GatewayParts } from './parts.js';

const { 503: UNREADY } = problems();

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'isAlive',
  summary: 'Whether the process is alive; asks nobody else',
  responses: {
    200: {
      description: 'Alive',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
  },
});

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'isReady',
  summary: 'Whether Temporal is there with its namespace, and a worker does the work; answers within seconds',
  responses: {
    200: {
      description: 'Ready',
      content: { 'application/json': { schema: z.object({ status: z.literal('ready') }) } },
    },
    503: UNREADY,
  },
});

export function addHealth(app: GatewayApp, { readiness, closing }: GatewayParts): void {
  app.openapi(healthRoute, (context) => context.json({ status: 'ok' as const }, 200));

  app.openapi(readyRoute, async (context) => {
    const headers = { 'Retry-After': '5' };
    if (closing.aborted) throw new ProblemError('Unreachable', 'the gateway is ending', { headers });
    const { ok, checks } = await readiness();
    if (ok) return context.json({ status: 'ready' as const }, 200);
    const missing = checks.filter((check) => !check.ok).map(({ name }) => name);
    const code = missing.includes('namespace') ? 'Unreachable' : 'NoWorker';
    const errors = missing.map((name) => ({ field: name, problem: 'does not answer' }));
    throw new ProblemError(code, `not there: ${missing.join(', ')}`, { headers, errors });
  });
}
