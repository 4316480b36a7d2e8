import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  log,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { connectionName, notificationWorkflowId, WORKFLOW } from '../contract/names.js';
import type { Delivery, Notification, NotificationKind } from '../contract/notification.js';
import type { PeeringStatus } from '../contract/status.js';

/** A flood (drift that comes back, a cause that comes and goes) must not flood people, nor the history. */
const MOST_MESSAGES = 200;

/** Longest message: it goes to people, and into two histories. */
const MAX_MESSAGE = 2_000;

/** Tells people about a connection: a line in the log and, where there is a webhook, a message of its own life. */
export class Herald {
  #webhook: boolean;
  #count = 0;
  readonly #starting = new Set<Promise<void>>();

  constructor({ webhook }: { webhook: boolean }) {
    this.#webhook = webhook;
  }

  /** For settings that a run learns only on its way; counts from the next message on. */
  use({ webhook }: { webhook: boolean }): void {
    this.#webhook = webhook;
  }

  /**
   * Never waits, never fails. After 200 messages of one execution only the end is still told.
   *
   * @param message whole sentences; what others wrote in it is data
   */
  tell(kind: NotificationKind, status: PeeringStatus, message: string): void {
    if (this.#count >= MOST_MESSAGES && kind !== 'ended') {
      if (this.#count === MOST_MESSAGES) log.warn('too many notifications', { most: MOST_MESSAGES });
      this.#count = MOST_MESSAGES + 1;
      return;
    }
    this.#count += 1;
    const notification = notificationOf(kind, status, message.slice(0, MAX_MESSAGE));
    log.info('notification', { ...notification });
    if (this.#webhook) this.#start(notification);
  }

  /** Resolves once every message is on its own way; to await before a run ends or continues as new. */
  async told(): Promise<void> {
    while (this.#starting.size > 0) await Promise.all(this.#starting);
  }

  #start(notification: Notification): void {
    const starting = CancellationScope.nonCancellable(() => startDelivery(notification, this.#count)).finally(
      () => this.#starting.delete(starting),
    );
    this.#starting.add(starting);
  }
}

/** Its result is nobody's: a receiver that is down holds up its own message only. */
async function startDelivery(notification: Notification, number: number): Promise<void> {
  // A reset run replays under a new run id, and must then ask for the same children.
  const id = notificationWorkflowId(workflowInfo().originalExecutionRunId, number);
  try {
    await startChild(WORKFLOW.deliverNotification, {
      workflowId: id,
      args: [{ id, notification } satisfies Delivery],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${notification.kind}: ${notification.connection}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    log.warn('a notification could not be sent on its way', { id, error });
  }
}

function notificationOf(kind: NotificationKind, status: PeeringStatus, message: string): Notification {
  const { organizationId, customer, customerName, state, nextStep, peeringConnectionId, expiresAt } = status;
  return {
    kind,
    connection: connectionName({ organizationId, vpcId: customer.vpcId }),
    customerName,
    state,
    at: new Date().toISOString(),
    message,
    nextStep,
    peeringConnectionId,
    expiresAt,
  };
}
