import type { PeeringStatus } from '../../../contract/status.js';
import { FAILURES } from '../../../domain/failures.js';
import type { PeeringState } from '../../../domain/lifecycle.js';

/** Where the connection stands, in words for somebody who has never heard of Causeway. */
export interface Story {
  stage: Stage;
  headline: string;
  detail: string;
}

export type Stage = 'preparing' | 'asked' | 'opening' | 'connected' | 'closing' | 'over';

/** The steps that a connection goes through, in their order. */
export const STEPS: readonly { stage: Stage; title: string }[] = [
  { stage: 'preparing', title: 'Request prepared' },
  { stage: 'asked', title: 'You accept' },
  { stage: 'opening', title: 'Provider opens its side' },
  { stage: 'connected', title: 'Connected' },
];

export function storyOf(status: PeeringStatus): Story {
  // What is parked waits where it was, for something that is none of the customer's concern.
  const state = status.state === 'parked' ? (status.parked?.from ?? 'planning') : status.state;
  return { stage: STAGES[state], headline: HEADLINES[state], detail: detailOf(state, status) };
}

const STAGES: Record<PeeringState, Stage> = {
  planning: 'preparing',
  'building-network': 'preparing',
  requesting: 'preparing',
  parked: 'preparing',
  'awaiting-acceptance': 'asked',
  configuring: 'opening',
  active: 'connected',
  releasing: 'closing',
  released: 'over',
  declined: 'over',
  expired: 'over',
  failed: 'over',
  cancelled: 'over',
  disconnected: 'over',
};

const PREPARING = 'The request is being prepared';

const HEADLINES: Record<PeeringState, string> = {
  planning: PREPARING,
  'building-network': PREPARING,
  requesting: PREPARING,
  parked: PREPARING,
  'awaiting-acceptance': 'Waiting for you to accept',
  configuring: 'Accepted. The provider is opening its side',
  active: 'The connection is up',
  releasing: 'The connection is being taken down',
  released: 'The connection is closed',
  declined: 'The request was declined',
  expired: 'The request has expired',
  failed: 'The request could not be completed',
  cancelled: 'The provider withdrew the request',
  disconnected: 'The peering was deleted',
};

/** Of a failure only what the table has for customers: messages can name what is the provider's own. */
function detailOf(state: PeeringState, { failure, parked }: PeeringStatus): string {
  const told = failure === null ? null : FAILURES[failure.code].customer;
  switch (state) {
    case 'planning':
    case 'building-network':
    case 'requesting':
    case 'parked':
      return parked === null
        ? 'There is nothing to do yet. This takes a minute or two.'
        : 'There is nothing for you to do yet. The provider is seeing to something on its side first.';
    case 'awaiting-acceptance':
      return 'Nothing happens in your account until you accept the request there yourself.';
    case 'configuring':
      return 'This takes a minute or two. Meanwhile you can add the route on your side.';
    case 'active':
      return 'The provider’s side is open. Traffic flows once the steps on your side are done.';
    case 'releasing':
      return 'The provider is removing everything that it made for it.';
    case 'released':
      return 'Everything that the provider made for it is removed.';
    case 'cancelled':
      return 'Everything that was made for it is removed. There is nothing for you to do.';
    case 'declined':
    case 'expired':
    case 'failed':
    case 'disconnected':
      return told ?? 'There is nothing for you to do. Please ask the provider what comes next.';
  }
}
