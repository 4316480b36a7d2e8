import type { MiddlewareHandler } from 'hono';
import type { GatewayHono } from './hono-types.js';

/** On every answer. A page that needs more says so itself. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

export const securityHeaders: MiddlewareHandler<GatewayHono> = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  }
};

/** The same for answers that are written before there is a request. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = HEADERS;
