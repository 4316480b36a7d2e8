import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { CausewayClient } from '../../client/index.js';
import type { LinkSigning } from '../../client/links/new-link.js';
import type { GatewayHono } from '../http/hono-types.js';
import type { Limits } from '../http/limits.js';
import type { ApiKeys } from '../keys/api-keys.js';
import type { Readiness } from '../readiness.js';

export type GatewayApp = OpenAPIHono<GatewayHono>;

/** What the gateway asks of Causeway. */
export type Causeway = Pick<
  CausewayClient,
  | 'accept'
  | 'cancel'
  | 'close'
  | 'decline'
  | 'listPage'
  | 'plan'
  | 'renewLink'
  | 'request'
  | 'retry'
  | 'startChange'
  | 'status'
  | 'watch'
>;

export interface GatewayParts {
  /** For customers' links; absent where the file of keys has none for them. */
  links?: LinkSigning;
  /** The pages for people; absent, there is only the API. */
  pages?: Hono<GatewayHono>;
  causeway: Causeway;
  keys: ApiKeys;
  limits: Limits;
  log: Logger;
  /** How many proxies of our own stand in front. */
  proxies: number;
  readiness: () => Promise<Readiness>;
  /** Aborted when the process is told to end: what lasts ends then. */
  closing: AbortSignal;
}
