import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { NotificationKind } from '../../contract/notification.js';
import type { PeeringStatus } from '../../contract/status.js';
import { Herald } from '../../workflows/herald.js';

export { deliverNotification } from '../../workflows/deliver-notification.js';

export const goOnSignal = defineSignal('goOn');

interface Telling {
  webhook: boolean;
  /** Whether there is a webhook turns out only after the first message. */
  webhookLater?: boolean;
  status: PeeringStatus;
  kinds: NotificationKind[];
  /** What the run does between telling and its end. */
  then: 'end' | 'wait';
  /** Waits for the signal before it tells anything. */
  first?: 'wait';
}

/** A run that has something to tell, and nothing else to do. */
export async function telling(input: Telling): Promise<string> {
  let goesOn = false;
  setHandler(goOnSignal, () => {
    goesOn = true;
  });
  const herald = new Herald(input);
  if (input.first === 'wait') await condition(() => goesOn);
  for (const [index, kind] of input.kinds.entries()) {
    if (index === 1 && input.webhookLater !== undefined) herald.use({ webhook: input.webhookLater });
    herald.tell(kind, input.status, `message ${(index + 1).toString()}`);
  }
  await herald.told();
  if (input.then === 'wait') await condition(() => false);
  return 'ended';
}
