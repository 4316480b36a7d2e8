import http from 'node:http';
import https from 'node:https';
import { types } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '../contract/notification.js';
import type { WorkerSettings } from '../domain/settings.js';
import { failure } from './failure.js';
import { lookUpPublic, refusalOfHost } from './webhook-target.js';

export interface NotificationActivities {
  /**
   * One attempt to post a message to the operator's webhook, signed as Standard Webhooks says. A message may arrive
   * twice, with the same `webhook-id`.
   *
   * @throws ApplicationFailure `NotificationRefused`, retryable unless the receiver said that it will never take it;
   *   `ConfigurationInvalid` when there is no webhook (any more)
   */
  postNotification(delivery: Delivery): Promise<void>;
}

export interface NotificationTarget {
  notifications: WorkerSettings['notifications'];
  /** `whsec_` and the key in base64; null where nothing is to be posted. */
  webhookSecret: string | null;
  /** How long one attempt may take, in ms. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Refusals that may well be other tomorrow: timeout, conflict, too early, too many. */
const PASSING_REFUSALS = new Set([408, 409, 425, 429]);

export function createNotificationActivities({
  notifications: { webhookUrl, allowPrivateTarget },
  webhookSecret,
  timeoutMs = TIMEOUT_MS,
}: NotificationTarget): NotificationActivities {
  return {
    async postNotification({ id, notification }) {
      if (webhookUrl === null || webhookSecret === null) {
        throw failure('ConfigurationInvalid', 'notifications.webhookUrl or its key is not set');
      }
      const url = new URL(webhookUrl);
      const body = JSON.stringify(notification);
      const headers = { ...signatureHeaders(webhookSecret, id, body), ...BODY_HEADERS };
      const status = await post({ url, headers, body, allowPrivateTarget, timeoutMs }).catch(
        (error: unknown) => {
          throw undelivered(url, whyUnanswered(error, timeoutMs), true);
        },
      );
      if (status >= 200 && status < 300) return;
      const passing = status < 400 || status >= 500 || PASSING_REFUSALS.has(status);
      throw undelivered(url, `answered ${status.toString()}${REMARKS[status] ?? ''}`, passing);
    },
  };
}

const BODY_HEADERS = { 'content-type': 'application/json', 'user-agent': 'causeway' };

const REMARKS: Record<number, string> = {
  301: ', and redirects are not followed',
  302: ', and redirects are not followed',
  303: ', and redirects are not followed',
  307: ', and redirects are not followed',
  308: ', and redirects are not followed',
  401: ', so the signature may not be the one it expects',
  410: ' Gone',
};

/** The time is that of the attempt: receivers refuse old ones. */
function signatureHeaders(secret: string, id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': Math.floor(now.getTime() / 1000).toString(),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

interface Post {
  url: URL;
  headers: Record<string, string>;
  body: string;
  allowPrivateTarget: boolean;
  timeoutMs: number;
}

/** The status of the answer; nothing else of it is read, and a redirect is an answer like any other. */
function post({ url, headers, body, allowPrivateTarget, timeoutMs }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const refusal = allowPrivateTarget ? null : refusalOfHost(url.hostname);
    if (refusal !== null) {
      reject(refusal);
      return;
    }
    const options = {
      ...(allowPrivateTarget ? {} : { lookup: lookUpPublic }),
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body).toString() },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const answered = (response: http.IncomingMessage): void => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    };
    // The agent looks at the address that is really connected to, so that a name cannot change its mind in between.
    const filter = { allowPrivateIPAddress: allowPrivateTarget, keepAlive: false };
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, agent: new RequestFilteringHttpsAgent(filter) }, answered)
        : http.request(url, { ...options, agent: new RequestFilteringHttpAgent(filter) }, answered);
    request.on('error', reject);
    request.end(body);
  });
}

/** @param url only its origin is told: path and query may be a secret */
function undelivered({ origin }: URL, why: string, retryable: boolean): ApplicationFailure {
  const message = `${origin} ${why}`;
  return retryable
    ? ApplicationFailure.create({ type: 'NotificationRefused', message, nonRetryable: false })
    : failure('NotificationRefused', message);
}

function whyUnanswered(error: unknown, timeoutMs: number): string {
  if (!types.isNativeError(error)) return 'gave no answer';
  if (error.name === 'AbortError') return `gave no answer within ${(timeoutMs / 1000).toString()} s`;
  // The agent's own words for an address it does not connect to.
  if (error.message.startsWith('DNS lookup ')) {
    return 'is in a private network, on this machine, or metadata; set notifications.allowPrivateTarget if that is meant';
  }
  return `gave no answer: ${error.message}`;
}
