import { setHandler } from '@temporalio/workflow';
import { renewLinkUpdate, type LinkOrder } from '../contract/messages.js';
import type { PeeringState } from '../domain/lifecycle.js';
import { ending } from './failure.js';
import type { PeeringRecord } from './peering-record.js';
import { senderOf } from './senders.js';

/**
 * The generation of the customer's link lives with the connection: a link of another generation opens nothing.
 *
 * @param handedOnIn the state in which another execution has the record already: a link made here would be lost
 */
export function answerLinkOrders(
  record: PeeringRecord,
  { handedOnIn }: { handedOnIn?: PeeringState } = {},
): void {
  setHandler<number, [LinkOrder], typeof renewLinkUpdate>(
    renewLinkUpdate,
    (order) => record.renewLink(senderOf(order)),
    {
      validator: () => {
        if (record.state === handedOnIn)
          throw ending('AlreadyConnected', 'the connection is up and kept by another run; ask that one');
      },
    },
  );
}
