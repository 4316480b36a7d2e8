import type { Context, MiddlewareHandler } from 'hono';
import { ProblemError } from '../problems/problem.js';
import type { GatewayHono } from './hono-types.js';

/** Browsers say so of themselves, and a page cannot make them lie. Source: Fetch Metadata Request Headers, W3C. */
export function isFromOtherSite(context: Context<GatewayHono>): boolean {
  const site = context.req.header('Sec-Fetch-Site');
  return site === 'cross-site' || site === 'same-site';
}

/**
 * What another site's page makes its visitor's browser send, images and frames for instance, is refused before it costs
 * anything. A link that somebody follows is not; and no page can add a key.
 */
export const refuseOtherSites: MiddlewareHandler<GatewayHono> = async (context, next) => {
  const hasKey = context.req.header('Authorization') !== undefined;
  if (isFromOtherSite(context) && !isFollowedLink(context) && !hasKey) throw crossSite();
  await next();
};

function isFollowedLink({ req }: Context<GatewayHono>): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  return isRead && req.header('Sec-Fetch-Mode') === 'navigate' && req.header('Sec-Fetch-Dest') === 'document';
}

/**
 * Forms are taken from our own pages alone: those of the address that people know, or of the one that was asked. Our pages
 * send no referrer, for which browsers write `Origin: null`; then they have to say themselves that the page is ours.
 */
export function takeOwnForms(publicUrl: string): MiddlewareHandler<GatewayHono> {
  const own = new URL(publicUrl).origin;
  return async (context, next) => {
    const { req } = context;
    const origin = req.header('Origin');
    const site = req.header('Sec-Fetch-Site');
    if (req.method === 'POST') {
      if (site !== undefined && site !== 'same-origin') throw crossSite();
      const isOwn =
        origin === undefined ||
        (origin === 'null'
          ? site === 'same-origin'
          : origin === own || hostOf(origin) === req.header('Host'));
      if (!isOwn) throw crossSite();
    }
    await next();
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function crossSite(): ProblemError {
  return new ProblemError('CrossSite', 'open the page itself, and send it from there');
}
