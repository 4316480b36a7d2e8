import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { notificationWorkflowId, WORKFLOW } from '../../contract/names.js';
import {
  SECRET_PATH,
  startNotificationWorld,
  tookMs,
  type NotificationWorld,
} from '../harness/notification-world.js';
import { NOTIFICATION } from '../harness/notifications.js';
import { workflowBundle } from '../harness/workflow-bundle.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

let world: NotificationWorld;
beforeEach(async () => {
  world = await startNotificationWorld(await workflowBundle());
});
afterEach(() => world.stop());

function deliver(): Promise<WorkflowHandle> {
  const id = notificationWorkflowId(randomUUID(), 1);
  return world.env.client.workflow.start(WORKFLOW.deliverNotification, {
    workflowId: id,
    taskQueue: world.taskQueue,
    args: [{ id, notification: NOTIFICATION }],
  });
}

describe('a message', () => {
  it('reaches a receiver that was down for two days, under the same id at every attempt', async () => {
    world.downUntil((await world.env.currentTimeMs()) + 2 * DAY_MS);
    const handle = await deliver();
    await handle.result();
    const took = await tookMs(handle);
    expect(took).toBeGreaterThan(2 * DAY_MS - HOUR_MS);
    expect(took).toBeLessThan(2 * DAY_MS + HOUR_MS);

    const posted = world.posted();
    // A few while it backs off to half an hour, then two an hour.
    expect(posted.length).toBeGreaterThan(90);
    expect(posted.length).toBeLessThan(115);
    for (const message of posted) {
      expect(message).toEqual({ id: handle.workflowId, notification: NOTIFICATION });
    }
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(15);
  });

  it('is given up after three days, and says why without what is secret', async () => {
    world.downUntil(Number.POSITIVE_INFINITY);
    const handle = await deliver();
    const failed: unknown = await handle.result().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(WorkflowFailedError);
    expect(failed).toMatchObject({ cause: { type: 'NotificationRefused' } });
    const took = await tookMs(handle);
    expect(took).toBeGreaterThan(3 * DAY_MS - HOUR_MS);
    expect(took).toBeLessThan(3 * DAY_MS + HOUR_MS);
    const history = JSON.stringify((await handle.fetchHistory()).events);
    expect(history).toContain('answered 503');
    expect(history).not.toContain(SECRET_PATH);
    expect(history).not.toContain('whsec');
  });
});
