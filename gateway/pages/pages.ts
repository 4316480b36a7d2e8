import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { GatewayHono } from '../http/hono-types.js';
import { takeOwnForms } from '../http/other-sites.js';
import { addAssets } from './assets.js';
import { addCustomerPage } from './customer/routes.js';
import { addOperatorPages } from './operator/routes.js';
import { PAGE_HEADERS } from './page-headers.js';
import type { PagesParts } from './parts.js';

const MOST_FORM_BYTES = 4 * 1024;

/** The customer's page under `/c/`, the operator's at `/`, and what both look like. */
export function pages(parts: PagesParts): Hono<GatewayHono> {
  const app = new Hono<GatewayHono>();
  for (const path of ['/', '/c/*', '/connections/*', '/sign-in', '/sign-out']) {
    app.use(path, async (context, next) => {
      await next();
      for (const [name, value] of Object.entries(PAGE_HEADERS)) context.res.headers.set(name, value);
    });
    app.use(path, takeOwnForms(parts.settings.publicUrl));
    app.use(path, bodyLimit({ maxSize: MOST_FORM_BYTES }));
  }
  app.use('/assets/*', async (context, next) => {
    await parts.limits.visitors.take(context.var.visitor);
    await next();
  });
  addAssets(app);
  addCustomerPage(app, parts);
  addOperatorPages(app, parts);
  return app;
}
