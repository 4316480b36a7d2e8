import type { NextStep } from './status.js';
import type { PeeringState } from '../domain/lifecycle.js';

/** What people are told without asking. */
export type NotificationKind = 'reminder' | 'asked-again' | 'moved' | 'parked' | 'active' | 'drift' | 'ended';

/** One message about one connection, as it is posted to the webhook. Times are ISO 8601, UTC. */
export interface Notification {
  kind: NotificationKind;
  /** `<organizationId>/<vpcId>`. */
  connection: string;
  customerName: string;
  state: PeeringState;
  at: string;
  message: string;
  nextStep: NextStep;
  peeringConnectionId: string | null;
  expiresAt: string | null;
}

/** @param id the same for every attempt to deliver the same message, so that a receiver can tell them apart */
export interface Delivery {
  id: string;
  notification: Notification;
}
