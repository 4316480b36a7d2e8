import type { PeeringState } from '../../../domain/lifecycle.js';
import type { Look, Paint } from './look.js';

/** Green is up, yellow waits for someone, red went wrong, dim is over. */
export function statePaint({ colors }: Look, state: PeeringState): Paint {
  switch (state) {
    case 'active':
      return colors.green;
    case 'awaiting-acceptance':
    case 'parked':
      return colors.yellow;
    case 'failed':
    case 'declined':
    case 'expired':
    case 'disconnected':
      return colors.red;
    case 'released':
    case 'cancelled':
      return colors.dim;
    case 'planning':
    case 'building-network':
    case 'requesting':
    case 'configuring':
    case 'releasing':
      return colors.cyan;
  }
}
