import { isCancellation, log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { NotificationActivities } from '../activities/notification.js';
import type { Delivery } from '../contract/notification.js';
import { DELIVERY } from './activity-options.js';
import { causeOf, ending } from './failure.js';

const { postNotification } = proxyActivities<NotificationActivities>({
  ...DELIVERY,
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
