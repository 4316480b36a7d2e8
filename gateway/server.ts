import { createServer, STATUS_CODES, type Server } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { boundConnections } from './http/connections.js';
import { MOST_HEADERS } from './http/raw-request.js';
import { SECURITY_HEADERS } from './http/security-headers.js';
import { PROBLEM_STATUS, type ProblemCode } from './problems/catalogue.js';
import { PROBLEM_MEDIA_TYPE, ProblemError, problemOf } from './problems/problem.js';
import type { GatewayApp } from './routes/parts.js';

/** The whole of a request, its body included, must be there within this time. */
const REQUEST_WITHIN_MS = 15_000;
const HEADERS_WITHIN_MS = 5_000;
/** How often what is too slow is looked for. */
const LOOK_FOR_SLOW_MS = 1_000;
const MOST_HEADER_BYTES = 16 * 1024;
const KEPT_ALIVE_MS = 5_000;
/** Proxies keep theirs for a minute, and must be the ones to close them: else they send requests into what is closed. */
const KEPT_ALIVE_FOR_PROXIES_MS = 65_000;
const MOST_CONNECTIONS = { inAll: 2_000, ofOne: 500 };
/** What is under way may go on so long once the process is told to end. */
const DRAIN_WITHIN_MS = 20_000;
const HANG_UP_EVERY_MS = 100;

export interface RunningServer {
  host: string;
  port: number;
  /** Takes nothing new, lets what is under way end, and cuts off what has not ended in time. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  host: string;
  port: number;
  /** How many proxies of our own stand in front. */
  proxies: number;
  mostConnections?: { inAll: number; ofOne: number };
}

/** @throws Error when the port cannot be had */
export async function startServer(
  app: GatewayApp,
  { host, port, proxies, mostConnections = MOST_CONNECTIONS }: ServerOptions,
): Promise<RunningServer> {
  const options = {
    requestTimeout: REQUEST_WITHIN_MS,
    headersTimeout: HEADERS_WITHIN_MS,
    connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
    keepAliveTimeout: proxies === 0 ? KEPT_ALIVE_MS : KEPT_ALIVE_FOR_PROXIES_MS,
  };
  const listener = getRequestListener(app.fetch, { hostname: host, errorHandler: answerBroken });
  const server = createServer(options, (request, response) => void listener(request, response));
  server.maxHeadersCount = MOST_HEADERS + 1;
  const connections = boundConnections(server, { ...mostConnections, ...(proxies > 0 && { ofOne: null }) });
  server.on('clientError', refuse);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => stop(server, connections),
  };
}

function stop(server: Server, connections: ReturnType<typeof boundConnections>): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => {
      server.closeAllConnections();
    }, DRAIN_WITHIN_MS);
    // Connections are kept alive after their answers, and come to rest one after the other.
    const hangUp = setInterval(() => {
      connections.closeResting();
    }, HANG_UP_EVERY_MS);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(hangUp);
      resolve();
    });
  });
}

/** A request that cannot even be handed on, for its host or path is none. */
function answerBroken(error: unknown): Response {
  const isTheirs = error instanceof RequestError;
  const { body, headers, status } = problemFor(isTheirs ? 'BadRequest' : 'InternalError');
  return new Response(body, { status, headers });
}

function problemFor(code: ProblemCode): { status: number; headers: Record<string, string>; body: string } {
  const requestId = randomUUID();
  const headers = { ...SECURITY_HEADERS, 'Content-Type': PROBLEM_MEDIA_TYPE, 'X-Request-Id': requestId };
  const body = JSON.stringify(
    problemOf(new ProblemError(code, 'send a request that is one of HTTP/1.1'), requestId),
  );
  return { status: PROBLEM_STATUS[code], headers, body };
}

const CODES: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'RequestTimeout',
  HPE_HEADER_OVERFLOW: 'HeadersTooLarge',
};

/** What is no HTTP, or comes too slowly, never becomes a request; it is answered all the same, and hung up on. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemFor(CODES[error.code ?? ''] ?? 'BadRequest');
  const lines = Object.entries({
    ...headers,
    'Content-Length': Buffer.byteLength(body).toString(),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'));
}
