/** What a framework never sees: connections that are slow, broken, or open when the process ends. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startServer, type RunningServer } from '../../gateway/server.js';
import { CONNECTION, fakeGateway, statusIn, type FakeGateway } from './fake-gateway.js';

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(gateway: FakeGateway): Promise<RunningServer> {
  const server = await startServer(gateway.app, { host: '127.0.0.1', port: 0 });
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
    expect((await gateway.ask(`${CONNECTION}/events`)).status).toBe(200);
  });
});
