/** What a framework never sees: connections that are slow, broken, or open when the process ends. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startServer, type RunningServer } from '../../gateway/server.js';
import { CONNECTION, fakeGateway, statusIn, type FakeGateway } from './fake-gateway.js';

const servers: RunningServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(
  gateway: FakeGateway,
  more: Partial<Parameters<typeof startServer>[1]> = {},
): Promise<RunningServer> {
  const server = await startServer(gateway.app, { host: '127.0.0.1', port: 0, proxies: 0, ...more });
  servers.push(server);
  return server;
}

/** What comes back for these bytes, up to the end of the connection. */
function answerTo({ port }: RunningServer, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.once('end', () => {
      socket.destroy();
      resolve(text);
    });
    socket.once('error', reject);
  });
}

describe('what is no HTTP request', () => {
  it.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400, 'BadRequest'],
    [
      'a header with a line break in its name',
      'GET / HTTP/1.1\r\nHost: a\r\nx y: 1\r\n\r\n',
      400,
      'BadRequest',
    ],
    [
      'two lengths',
      'POST /v1/plans HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'BadRequest',
    ],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'HeadersTooLarge',
    ],
  ])('is answered with a problem, and hung up on: %s', async (...[, bytes, status, code]) => {
    const answer = await answerTo(await serve(fakeGateway()), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(answer).toContain("Content-Security-Policy: default-src 'none'");
    expect(answer).toContain(`"code":"${code}"`);
  });

  it('with a host that is none is a problem too', async () => {
    const server = await serve(fakeGateway());
    const answer = await answerTo(
      server,
      'GET /healthz HTTP/1.1\r\nHost: a b/\\\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/^content-type: application\/problem\+json/im);
    expect(answer).toContain('"code":"BadRequest"');
  });

  it('is not waited for', async () => {
    const server = await serve(fakeGateway());
    const answer = await answerTo(server, 'GET /healthz HTTP/1.1\r\nHost: a\r\nx');
    expect(answer).toContain('"code":"RequestTimeout"');
  });
});

describe('a request that is not what it seems', () => {
  const request = (path: string, headers = ''): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;

  it('with more headers than are read is refused, so that none is left out in silence', async () => {
    const server = await serve(fakeGateway({}, { proxies: 1 }), { proxies: 1 });
    const padding = (count: number): string =>
      Array.from({ length: count }, (_, index) => `x-${index}: 1\r\n`).join('');
    const most = await answerTo(server, request('/healthz', `X-Forwarded-For: 192.0.2.1\r\n${padding(97)}`));
    expect(most).toMatch(/^HTTP\/1\.1 200 /);
    for (const count of [98, 99, 200]) {
      const spoofing = `X-Forwarded-For: 192.0.2.1\r\n${padding(count)}X-Forwarded-For: 198.51.100.1\r\n`;
      const answer = await answerTo(server, request('/healthz', spoofing));
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain('"code":"HeadersTooLarge"');
    }
  });

  it.each([
    '/%2e%2e/sign-in',
    '/../openapi.json',
    '/./openapi.json',
    '/v1/..',
    '/v1/.%2E/openapi.json',
    '/v1/%2e/plans',
    '/v1%2fplans',
    '/v1/peerings/..%2f..%2fetc',
    '/c/..%5c..',
    'http://a/%2e%2e/openapi.json',
  ])('with a path that means another is not found: %s', async (path) => {
    const answer = await answerTo(await serve(fakeGateway()), request(path));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"NotFound"');
  });

  it('with dots and escapes where they mean nothing else is answered', async () => {
    const server = await serve(fakeGateway());
    for (const path of ['/openapi.json', '/openapi.json?x=/../y', '/openapi.json?x=%2f..%2f'])
      expect(await answerTo(server, request(path))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('connections that are merely open', () => {
  const open = async ({ port }: RunningServer, bytes = ''): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.on('error', () => undefined).resume();
    if (bytes !== '') socket.write(bytes);
    return socket;
  };
  const closed = (socket: Socket): Promise<unknown> =>
    socket.closed ? Promise.resolve() : once(socket, 'close');
  const answers = async ({ port }: RunningServer): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { Connection: 'close' } });
    return response.status;
  };

  it.each([
    ['in all', 0, { inAll: 5, ofOne: 100 }],
    ['of one address', 0, { inAll: 100, ofOne: 5 }],
    ['in all, behind a proxy', 1, { inAll: 5, ofOne: 1 }],
  ])('make room for another, the oldest first: %s', async (...[, proxies, mostConnections]) => {
    const server = await serve(fakeGateway(), { proxies, mostConnections });
    const idle: Socket[] = [];
    for (let index = 0; index < 5; index += 1) idle.push(await open(server));
    expect(await answers(server)).toBe(200);
    const [oldest, ...younger] = idle;
    if (oldest !== undefined) await closed(oldest);
    expect(younger.map((socket) => socket.destroyed)).toEqual([false, false, false, false]);
    for (let index = 0; index < 20; index += 1) expect(await answers(server)).toBe(200);
  });

  it('or slow give way too, and those that are being answered do not', async () => {
    let answer: (() => void) | undefined;
    const gateway = fakeGateway({ accept: () => new Promise((resolve) => (answer = resolve)) });
    const server = await serve(gateway, { mostConnections: { inAll: 2, ofOne: 100 } });
    const headers = { Authorization: `Bearer ${gateway.keys.all}`, 'Content-Type': 'application/json' };
    const answered = fetch(`http://127.0.0.1:${server.port}${CONNECTION}/acceptance`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ decision: 'accepted' }),
    });
    while (answer === undefined) await delay(5);
    const slow = await open(server, 'POST /v1/plans HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1');
    expect(await answers(server)).toBe(200);
    await closed(slow);
    answer();
    expect((await answered).status).toBe(202);
  });

  it('do not keep the server from ending', async () => {
    const server = await serve(fakeGateway());
    const socket = await open(server);
    await server.stop();
    await closed(socket);
  });

  it('after an answer are closed soon', async () => {
    const server = await serve(fakeGateway());
    await closed(await open(server, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'));
  });
});

describe('a server that is told to end', () => {
  it('ends its streams, lets an answer under way be given, and is gone', async () => {
    const closing = new AbortController();
    let answer: (() => void) | undefined;
    const gateway = fakeGateway(
      {
        status: () => Promise.resolve(statusIn('awaiting-acceptance')),
        accept: () => new Promise((resolve) => (answer = resolve)),
        async *watch(_key, { signal } = {}) {
          yield statusIn('awaiting-acceptance');
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        },
      },
      { closing: closing.signal },
    );
    const server = await serve(gateway);
    const base = `http://127.0.0.1:${server.port}`;
    const headers = { Authorization: `Bearer ${gateway.keys.all}`, 'Content-Type': 'application/json' };
    const stream = await fetch(`${base}${CONNECTION}/events`, { headers });
    const slow = fetch(`${base}${CONNECTION}/acceptance`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ decision: 'accepted' }),
    });
    while (answer === undefined) await delay(5);
    const began = Date.now();
    closing.abort();
    const stopped = server.stop();
    await expect(fetch(`${base}/healthz`)).rejects.toThrow();
    expect(await stream.text()).toMatch(/^event: status\ndata: \{"state":"awaiting-acceptance".*\nid: 1\n/);
    answer();
    expect((await slow).status).toBe(202);
    await stopped;
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

describe('a stream of events', () => {
  it('ends with the connection, and says so', async () => {
    const gateway = fakeGateway({
      status: () => Promise.resolve(statusIn('releasing')),
      async *watch() {
        yield statusIn('releasing');
        await delay(1);
        yield statusIn('released');
      },
    });
    const response = await gateway.ask(`${CONNECTION}/events`);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect((await response.text()).match(/^event: \w+$/gm)).toEqual([
      'event: status',
      'event: status',
      'event: end',
    ]);
  });

  it('that breaks off says why', async () => {
    const gateway = fakeGateway({ status: () => Promise.resolve(statusIn('active')) });
    const text = await (await gateway.ask(`${CONNECTION}/events`)).text();
    expect(text).toMatch(/^event: problem\ndata: .*"code":"NotFound"/m);
  });

  it('of one key is one of at most twenty', async () => {
    const closing = new AbortController();
    const gateway = fakeGateway(
      {
        status: () => Promise.resolve(statusIn('active')),
        async *watch(_key, { signal } = {}) {
          yield statusIn('active');
          if (signal?.aborted === true) return;
          await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        },
      },
      { closing: closing.signal },
    );
    const open: Response[] = [];
    for (let index = 0; index < 20; index += 1) open.push(await gateway.ask(`${CONNECTION}/events`));
    expect(open.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await gateway.ask(`${CONNECTION}/events`)).status).toBe(429);
    expect((await gateway.ask(`${CONNECTION}/events`, { method: 'HEAD' })).status).toBe(200);
    closing.abort();
    await Promise.all(open.map((response) => response.text()));
    const another = await gateway.ask(`${CONNECTION}/events`);
    expect(another.status).toBe(200);
    await another.text();
  });
});
