/** Who has to act next, or can put a failure right. */
export type Who = 'customer' | 'provider' | 'causeway' | 'nobody';

/**
 * States of a connection, as shown by the query `status`. `parked` waits for something outside, such as a quota
 * or a permission.
 */
export type PeeringState =
  | 'planning'
  | 'building-network'
  | 'requesting'
  | 'awaiting-acceptance'
  | 'parked'
  | 'configuring'
  | 'active'
  | 'releasing'
  | 'released'
  | 'declined'
  | 'expired'
  | 'failed'
  | 'cancelled'
  | 'disconnected';

/** A state nothing follows. */
export type EndState = 'released' | 'declined' | 'expired' | 'failed' | 'cancelled' | 'disconnected';

/** What ends a request before it is up. The end is entered directly, or by way of `releasing`. */
const UNDONE = ['releasing', 'parked', 'declined', 'expired', 'failed', 'cancelled'] as const;

/**
 * Every move there is. Going back to `planning` or `building-network` is re-homing after a late overlap, back
 * to `requesting` a new round after an expiry, or after the provider's own account deleted what was still waiting; `active`
 * to `configuring` and back is a change of access.
 */
export const TRANSITIONS: Record<PeeringState, readonly PeeringState[]> = {
  planning: ['building-network', ...UNDONE],
  'building-network': ['requesting', 'planning', ...UNDONE],
  requesting: ['awaiting-acceptance', 'configuring', 'planning', 'building-network', ...UNDONE],
  'awaiting-acceptance': ['configuring', 'requesting', 'planning', 'building-network', ...UNDONE],
  configuring: ['active', 'disconnected', ...UNDONE],
  active: ['configuring', 'releasing', 'parked', 'released', 'disconnected'],
  releasing: ['parked', 'released', 'declined', 'expired', 'failed', 'cancelled', 'disconnected'],
  parked: [
    'planning',
    'building-network',
    'requesting',
    'awaiting-acceptance',
    'configuring',
    'active',
    'releasing',
    'released',
    'declined',
    'expired',
    'failed',
    'cancelled',
    'disconnected',
  ],
  released: [],
  declined: [],
  expired: [],
  failed: [],
  cancelled: [],
  disconnected: [],
};

export function isPeeringState(text: string): text is PeeringState {
  return Object.hasOwn(TRANSITIONS, text);
}

/** All of them, in the order of the table. */
export const PEERING_STATES: readonly PeeringState[] = Object.keys(TRANSITIONS).filter(isPeeringState);

export const END_STATES: readonly EndState[] = [
  'released',
  'declined',
  'expired',
  'failed',
  'cancelled',
  'disconnected',
];

/** Whether nothing follows this state. */
export function isEndState(state: PeeringState): state is EndState {
  return TRANSITIONS[state].length === 0;
}

/** A move the table does not have: a mistake in a workflow, not in a request. */
export class LifecycleError extends Error {
  override readonly name = 'LifecycleError';
}

/** Throws `LifecycleError` where the table has no such move. Staying is no move and always allowed. */
export function assertTransition(from: PeeringState, to: PeeringState): void {
  if (from === to || TRANSITIONS[from].includes(to)) return;
  const known = TRANSITIONS[from].length === 0 ? 'nothing follows' : `known: ${TRANSITIONS[from].join(', ')}`;
  throw new LifecycleError(`a connection cannot go from ${from} to ${to} (${known})`);
}

/**
 * Status codes of a VPC peering connection.
 * Source: Amazon VPC Peering Guide, "VPC peering connection lifecycle".
 */
export const VPC_PEERING_STATUSES = [
  'initiating-request',
  'pending-acceptance',
  'provisioning',
  'active',
  'rejected',
  'expired',
  'failed',
  'deleting',
  'deleted',
] as const;

export type VpcPeeringStatus = (typeof VPC_PEERING_STATUSES)[number];

/** Whether AWS is known to use this status code. */
export function isVpcPeeringStatus(text: string): text is VpcPeeringStatus {
  return VPC_PEERING_STATUSES.some((status) => status === text);
}

/** Requested, and not yet answered. */
export function isPending(status: VpcPeeringStatus): boolean {
  return status === 'initiating-request' || status === 'pending-acceptance';
}

/** The customer has accepted in AWS; only `active` carries traffic. */
export function isAccepted(status: VpcPeeringStatus): boolean {
  return status === 'provisioning' || status === 'active';
}

/** Will never carry traffic again; a new request for the same pair makes a new peering. */
export function isOver(status: VpcPeeringStatus): boolean {
  return !isPending(status) && !isAccepted(status);
}

/**
 * Whether its requester can delete it. AWS refuses for failed, rejected and expired ones
 * (`InvalidStateTransition`); they vanish by themselves.
 */
export function isDeletable(status: VpcPeeringStatus): boolean {
  return isPending(status) || isAccepted(status);
}
