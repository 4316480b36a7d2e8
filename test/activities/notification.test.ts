import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { Webhook } from 'standardwebhooks';
import { createNotificationActivities } from '../../activities/notification.js';
import { startReceiver, NOTIFICATION, WEBHOOK_SECRET, type Receiver } from '../harness/notifications.js';

const PATH = '/hook-of-secret-path?token=secret-query';
const DELIVERY = { id: 'notification/run-1/1', notification: NOTIFICATION };

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

interface Target {
  url?: string | null;
  allowPrivateTarget?: boolean;
  webhookSecret?: string | null;
}

function attempt({
  url = receiver.url + PATH,
  allowPrivateTarget = true,
  webhookSecret = WEBHOOK_SECRET,
}: Target = {}): Promise<void> {
  const notifications = { webhookUrl: url, allowPrivateTarget };
  const activities = createNotificationActivities({ notifications, webhookSecret, timeoutMs: 2_000 });
  return activities.postNotification(DELIVERY);
}

/** Every failure there is passes here: none may tell what is secret. */
async function failureOf(target: Target = {}): Promise<ApplicationFailure> {
  const error: unknown = await attempt(target).then(
    () => new Error('the attempt succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw new Error('no ApplicationFailure', { cause: error });
  const told = JSON.stringify([error.message, error.stack, error.details, error.cause]);
  expect(told).not.toMatch(/secret|whsec/);
  expect(told).not.toContain(WEBHOOK_SECRET.slice(6));
  return error;
}

describe('a notification', () => {
  it('is posted as JSON, signed as Standard Webhooks says', async () => {
    receiver.answerWith({ status: 200 });
    await attempt();
    const { path, headers, body } = receiver.received.at(-1) ?? { path: '', headers: {}, body: '' };
    expect(path).toBe(PATH);
    expect(headers['content-type']).toBe('application/json');
    const signed = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    };
    expect(new Webhook(WEBHOOK_SECRET).verify(body, signed)).toEqual(NOTIFICATION);
    expect(() => new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`).verify(body, signed)).toThrow(
      'No matching signature',
    );
    expect(() => new Webhook(WEBHOOK_SECRET).verify(body.replace('3 days', '9 days'), signed)).toThrow(
      'No matching signature',
    );
    expect(() => new Webhook(WEBHOOK_SECRET).verify(body, { ...signed, 'webhook-id': 'other' })).toThrow(
      'No matching signature',
    );
  });

  it('has the same id at every attempt', async () => {
    receiver.answerWith({ status: 500 }, { status: 500 }, { status: 200 });
    const before = receiver.received.length;
    await failureOf();
    await failureOf();
    await attempt();
    const ids = receiver.received.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([DELIVERY.id, DELIVERY.id, DELIVERY.id]);
  });

  it.each([200, 201, 202, 204])('is taken by a receiver that answers %i', async (status) => {
    receiver.answerWith({ status });
    await attempt();
  });

  it.each([400, 401, 403, 404, 405, 410, 413, 422])('is refused for good by %i', async (status) => {
    receiver.answerWith({ status });
    const { type, nonRetryable, message } = await failureOf();
    expect({ type, nonRetryable }).toEqual({ type: 'NotificationRefused', nonRetryable: true });
    expect(message).toMatch(new RegExp(`^${receiver.url} answered ${status.toString()}`));
  });

  it.each([408, 409, 425, 429, 500, 502, 503, 504])('is tried again after %i', async (status) => {
    receiver.answerWith({ status });
    expect(await failureOf()).toMatchObject({ type: 'NotificationRefused', nonRetryable: false });
  });

  it.each([301, 302, 303, 307, 308])('does not go where a redirect points: %i', async (status) => {
    const elsewhere = await startReceiver();
    receiver.answerWith({ status, headers: { location: elsewhere.url } });
    expect(await failureOf()).toMatchObject({
      nonRetryable: false,
      message: `${receiver.url} answered ${status.toString()}, and redirects are not followed`,
    });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });

  it('does not wait for a receiver that never answers', async () => {
    receiver.answerWith('never');
    expect(await failureOf()).toMatchObject({
      nonRetryable: false,
      message: `${receiver.url} gave no answer within 2 s`,
    });
    await settled();
  });

  it('does not read an answer that never ends', async () => {
    receiver.answerWith('endless');
    await attempt();
    await settled();
  });

  it('is tried again when nobody listens, or the connection is cut', async () => {
    const closed = await startReceiver();
    await closed.stop();
    expect(await failureOf({ url: closed.url + PATH })).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/gave no answer: .*ECONNREFUSED/),
    });

    const cutting = createServer((socket) => {
      socket.destroy();
    });
    await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
    const address = cutting.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const cut = await failureOf({ url: `http://user:secret@127.0.0.1:${String(port)}${PATH}` });
    expect(cut).toMatchObject({ nonRetryable: false });
    expect(cut.message).toMatch(/gave no answer: /);
    await new Promise((resolve) => cutting.close(resolve));
  });

  it('is tried again when the name does not resolve, and when the other side speaks no TLS', async () => {
    expect(await failureOf({ url: `https://receiver.invalid${PATH}` })).toMatchObject({
      nonRetryable: false,
      message: expect.stringMatching(/^https:\/\/receiver\.invalid gave no answer: /),
    });
    const url = receiver.url.replace('http:', 'https:') + PATH;
    expect(await failureOf({ url })).toMatchObject({ nonRetryable: false });
  });

  it.each([{ url: null }, { webhookSecret: null }])(
    'is given up when there is no webhook any more: %j',
    async (target) => {
      expect(await failureOf(target)).toMatchObject({ type: 'ConfigurationInvalid', nonRetryable: true });
    },
  );

  /** All connections closed, soon. */
  async function settled(): Promise<void> {
    const until = Date.now() + 5_000;
    while ((await receiver.connections()) > 0) {
      if (Date.now() > until) throw new Error('a connection is left open');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});

describe('a target in a private place', () => {
  it.each([
    '127.0.0.1',
    '127.1.2.3',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::127.0.0.1]',
    '[::a9fe:a9fe]',
    '[::8.8.8.8]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    'localhost',
    'LOCALHOST',
  ])('is not connected to, unless that is allowed: %s', async (host) => {
    const port = new URL(receiver.url).port;
    receiver.answerWith({ status: 200 });
    const before = receiver.received.length;
    for (const scheme of ['http', 'https']) {
      const target = { url: `${scheme}://${host}:${port}${PATH}`, allowPrivateTarget: false };
      const { nonRetryable, message } = await failureOf(target);
      expect(nonRetryable).toBe(false);
      expect(message).toMatch(/is in a private network, on this machine, or metadata/);
    }
    expect(receiver.received).toHaveLength(before);
  });

  it('is connected to by name when that is allowed', async () => {
    receiver.answerWith({ status: 200 });
    await attempt({ url: `http://localhost:${new URL(receiver.url).port}${PATH}` });
  });
});
