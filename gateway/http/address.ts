import { isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { GatewayHono } from './hono-types.js';

/** Longer chains are made up. */
const MOST_HOPS = 20;

/**
 * Whose request it is: the peer, or what the outermost of our own proxies saw. What callers write into X-Forwarded-For
 * themselves stands before that, and is not believed.
 *
 * @param proxies how many of our own stand in front
 */
export function addressReader(proxies: number, log: Logger): (context: Context<GatewayHono>) => string {
  let isWarned = false;
  return (context) => {
    const peer = context.env.incoming?.socket.remoteAddress ?? 'unknown';
    const forwarded = context.req.header('X-Forwarded-For');
    if (proxies === 0) {
      if (forwarded !== undefined && !isWarned) {
        isWarned = true;
        log.warn(
          { peer },
          'X-Forwarded-For arrives, and CAUSEWAY_PROXIES is 0: if a proxy stands in front, all its callers are taken for one',
        );
      }
      return plain(peer);
    }
    const hops = (forwarded ?? '').split(',').slice(-MOST_HOPS);
    const seen = hops.at(-proxies)?.trim() ?? '';
    return plain(isIP(seen) === 0 ? peer : seen);
  };
}

/** One IPv6 customer has a /64 at least: each of its addresses must not have a limit of its own. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter((group) => group !== '');
  const last = address.includes('::') ? tail.split(':').filter((group) => group !== '') : [];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

/** An IPv4 caller of an IPv6 socket has one address, not two. */
export function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
