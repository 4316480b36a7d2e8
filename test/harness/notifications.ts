import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Notification } from '../../contract/notification.js';

/** A key of 32 bytes, as a receiver would make one. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export const NOTIFICATION: Notification = {
  kind: 'reminder',
  connection: 'org-1/vpc-0123456789abcdef0',
  customerName: 'Łódź "Acme" <b>',
  state: 'awaiting-acceptance',
  at: '2026-01-01T00:00:00.000Z',
  message: 'The request waits for the customer; AWS drops it in 3 days.',
  nextStep: { who: 'customer', what: 'Accept pcx-0123456789abcdef0 in eu-west-1' },
  peeringConnectionId: 'pcx-0123456789abcdef0',
  expiresAt: '2026-01-08T00:00:00.000Z',
};

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver answers: a status, with headers; or `never`; or `endless`, a body that does not end. */
export type Answer = { status: number; headers?: Record<string, string> } | 'never' | 'endless';

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The answers to come, one each; the last one stays. */
  answerWith(...answers: [Answer, ...Answer[]]): void;
  /** Connections that are still open. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** Somebody's webhook, on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answers: Answer[] = [{ status: 204 }];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'never';
      if (answer === 'never') return;
      if (answer === 'endless') {
        response.writeHead(200).write('x'.repeat(1_000_000));
        return;
      }
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port.toString()}`,
    received,
    answerWith: (...next) => {
      answers = next;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
