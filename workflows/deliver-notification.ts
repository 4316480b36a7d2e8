import {
  ActivityCancellationType,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { NotificationActivities } from '../activities/notification.js';
import type { Delivery } from '../contract/notification.js';
import { causeOf, ending } from './failure.js';

/** A receiver that is down over a weekend still gets its messages; after that they are of no use to anybody. */
const GIVE_UP_AFTER = '3 days';

const { postNotification } = proxyActivities<NotificationActivities>({
  scheduleToCloseTimeout: GIVE_UP_AFTER,
  // The post itself is cut off after 10 s; this is for a worker that died.
  startToCloseTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
  summary: 'post to the webhook',
});

/**
 * One message to the operator's webhook, until it is taken. A process of its own, so that a receiver that is down holds
 * up no connection.
 *
 * @throws ApplicationFailure `NotificationRefused` when the receiver refused it for good or did not take it in three days
 */
export async function deliverNotification(delivery: Delivery): Promise<void> {
  const { id, notification } = delivery;
  const { kind, connection } = notification;
  try {
    await postNotification(delivery);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message } = causeOf(error);
    log.error('notification given up', { id, kind, connection, code, cause: message });
    setCurrentDetails(`not delivered: ${message}`);
    throw ending('NotificationRefused', message);
  }
}
