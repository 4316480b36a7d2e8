import type { HttpBindings } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Caller } from '../keys/api-keys.js';

/** What a request carries on its way through the gateway. */
export interface GatewayHono {
  Bindings: HttpBindings | Record<string, never>;
  Variables: {
    requestId: string;
    log: Logger;
    /** Of the peer, or of whom our own proxies say they speak for. */
    address: string;
    /** Set behind authentication only. */
    caller: Caller;
  };
}
