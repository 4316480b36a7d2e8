import { setHandler } from '@temporalio/workflow';
import { retrySignal, type RetryOrder } from '../contract/messages.js';
import { onceSoon } from './once-soon.js';
import type { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import { senderOf } from './senders.js';
import { takeLeftOut } from './signal-floods.js';

/** What is parked is tried at once, and the history says who wanted it: one line, however many come and whoever says it. */
export function takeRetryOrders(record: PeeringRecord, parking: ParkingLot): void {
  let newOrders = 0;
  let sender = '';
  const noteSoon = onceSoon(() => {
    const times = newOrders + takeLeftOut(retrySignal.name);
    newOrders = 0;
    if (record.state === 'parked') record.note(`${sender} wants it tried at once`, { topic: 'retry', times });
  });
  setHandler(retrySignal, (order?: RetryOrder) => {
    parking.retry();
    newOrders += 1;
    sender = senderOf(order);
    noteSoon();
  });
}
