import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { Webhook } from 'standardwebhooks';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createActivities } from '../../activities/index.js';
import { createWorker, type WorkflowCode } from '../../worker/create-worker.js';
import { startReceiver, WEBHOOK_SECRET } from './notifications.js';
import { testSettings } from './settings.js';
import { startSkippingServer } from './skipping-server.js';

interface Posted {
  id: string;
  /** As the receiver verified it. */
  notification: unknown;
}

/** A worker that notifies, in time that skips, and the receiver it notifies. */
export interface NotificationWorld {
  readonly env: TestWorkflowEnvironment;
  readonly taskQueue: string;
  /** The receiver answers 503 until then, in skipped time; 0 at first, and infinity for never. */
  downUntil(time: number): void;
  /** What reached the receiver, every attempt. */
  posted(): Posted[];
  stop(): Promise<void>;
}

/** Stands in the webhook's path, and must not be told to anybody. */
export const SECRET_PATH = 'hook-of-secret-path';

let quiet = false;

/** One world a test: a time-skipping server skips no more time once some workflows have ended in it. */
export async function startNotificationWorld(workflows: WorkflowCode): Promise<NotificationWorld> {
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  quiet = true;
  const env = await startSkippingServer();
  const receiver = await startReceiver();
  const taskQueue = `test-${randomUUID()}`;
  const settings = {
    ...testSettings(),
    notifications: { webhookUrl: `${receiver.url}/${SECRET_PATH}`, allowPrivateTarget: true },
  };
  const activities = createActivities({
    clients: createEc2Clients({ provider: settings.provider, endpoint: undefined }),
    settings,
    taskQueue,
    webhookSecret: WEBHOOK_SECRET,
  });
  let upFrom = 0;
  const worker = await createWorker({
    connection: env.nativeConnection,
    namespace: 'default',
    taskQueue,
    deployment: null,
    workflows,
    activities: {
      ...activities,
      postNotification: async (delivery) => {
        receiver.answerWith({ status: (await env.currentTimeMs()) < upFrom ? 503 : 204 });
        return activities.postNotification(delivery);
      },
    },
  });
  const running = worker.run();
  return {
    env,
    taskQueue,
    downUntil: (time) => {
      upFrom = time;
    },
    posted: () =>
      receiver.received.map(({ body, headers }) => {
        const signed = {
          'webhook-id': String(headers['webhook-id']),
          'webhook-timestamp': String(headers['webhook-timestamp']),
          'webhook-signature': String(headers['webhook-signature']),
        };
        const notification: unknown = new Webhook(WEBHOOK_SECRET).verify(body, signed);
        return { id: signed['webhook-id'], notification };
      }),
    stop: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
      await receiver.stop();
    },
  };
}

/** From its start to its end, in skipped time, in ms. */
export async function tookMs(handle: WorkflowHandle): Promise<number> {
  const { startTime, closeTime } = await handle.describe();
  return (closeTime?.getTime() ?? Number.NaN) - startTime.getTime();
}
