import type { HttpBindings } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Caller } from '../keys/api-keys.js';

/** What a request carries on its way through the gateway. */
export interface GatewayHono {
  /** Absent where there is no server, as in tests. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    log: Logger;
    /** Of the peer, or of whom our own proxies say they speak for. */
    address: string;
    /** Whose budget it is as long as nobody is known by a key or a link: of the network, or of those that other sites send. */
    visitor: string;
    /** Of the key that was shown; null where none was, or a wrong one. */
    keyId: string | null;
    /** Set behind authentication only. */
    caller: Caller;
  };
}
