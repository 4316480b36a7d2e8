import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { GatewayHono } from './hono-types.js';

/** Longer chains are made up. */
const MOST_HOPS = 20;

/**
 * Whose request it is: the peer, or what the outermost of our own proxies saw. What callers write into X-Forwarded-For
 * themselves stands before that, and is not believed.
 */
export function addressOf(context: Context<GatewayHono>, proxies: number): string {
  const peer = context.env.incoming?.socket.remoteAddress ?? 'unknown';
  if (proxies === 0) return plain(peer);
  const hops = (context.req.header('X-Forwarded-For') ?? '').split(',').slice(-MOST_HOPS);
  const seen = hops.at(-proxies)?.trim() ?? '';
  return plain(isIP(seen) === 0 ? peer : seen);
}

/** An IPv4 caller of an IPv6 socket has one address, not two. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
