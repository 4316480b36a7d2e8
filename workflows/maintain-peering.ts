import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { closeSignal, peeringObservedSignal, statusQuery, type CloseOrder } from '../contract/messages.js';
import type { PeeringStatus } from '../contract/status.js';
import { judgePeering } from '../domain/acceptance.js';
import { FAILURES } from '../domain/failures.js';
import { LifecycleError } from '../domain/lifecycle.js';
import { local, temporal } from './activity-proxies.js';
import { stepAfterActivation } from './configure-network.js';
import { senderAndReason } from './inbox.js';
import { ParkingLot } from './parking.js';
import { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

export interface MaintainedPeering {
  status: PeeringStatus;
  requested: RequestedPeering;
}

/** It looks by itself this often, should every signal of the observer have been lost. */
const LOOK_AT_LEAST_EVERY = '1 day';

/**
 * Keeps one connection from activation to its end. Closing and cancelling mean the same: everything is released.
 *
 * @returns the final status: `released`, or `disconnected` when the customer deleted the peering
 */
export async function maintainPeering(input: MaintainedPeering): Promise<PeeringStatus> {
  const record = PeeringRecord.resumed(input.status);
  const orders: { close: string | null; look: boolean } = { close: null, look: false };
  const closing = (): boolean => orders.close !== null;
  // A look may be parked for long, and closing does not need its answer.
  let looking = new CancellationScope();
  setHandler(statusQuery, () => record.status);
  setHandler(closeSignal, (order?: CloseOrder) => {
    orders.close = `closed by ${senderAndReason(order)}`;
    looking.cancel();
  });
  setHandler(peeringObservedSignal, () => {
    orders.look = true;
  });

  const settings = await CancellationScope.nonCancellable(() => local.loadSettings());
  const requested: RequestedPeering = { ...input.requested, settings };
  const parking = new ParkingLot(record, settings.acceptance.observeEvery);
  try {
    while (!closing()) {
      await condition(() => closing() || orders.look, LOOK_AT_LEAST_EVERY, {
        summary: 'keeps the connection',
      });
      orders.look = false;
      if (!closing()) {
        looking = new CancellationScope();
        const lost = await looking.run(() => lookAtPeering(requested, { record, parking }));
        if (lost !== null)
          return await release(requested, { record, parking, end: 'disconnected', why: lost });
      }
      if (workflowInfo().continueAsNewSuggested) {
        await condition(allHandlersFinished);
        await continueAsNew<typeof maintainPeering>({ status: record.status, requested });
      }
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    orders.close ??= 'closed by cancelling';
  }
  return release(requested, { record, parking, end: 'released', why: orders.close ?? 'closed' });
}
setWorkflowOptions({ failureExceptionTypes: [LifecycleError] }, maintainPeering);

interface Keeping {
  record: PeeringRecord;
  parking: ParkingLot;
}

/** Why the connection is over, by what AWS shows; null while it is up. */
async function lookAtPeering(
  requested: RequestedPeering,
  { record, parking }: Keeping,
): Promise<string | null> {
  const { providerRegion: region, expected } = requested;
  const { vpcPeeringConnectionId } = expected;
  const observed = await parking.insist((aws) =>
    aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
  );
  const judgement = judgePeering(expected, observed, new Date().toISOString());
  if (judgement.kind === 'accepted') record.nextStep(stepAfterActivation(requested, observed));
  if (judgement.kind !== 'over') return null;
  if (judgement.code !== 'AcceptanceMismatch') return judgement.note;
  record.note(judgement.note);
  record.nextStep({ who: 'provider', what: `${FAILURES.AcceptanceMismatch.operator} ${judgement.note}` });
  return null;
}

/** Nothing may stop it half-way: what it could not remove parks it, named, and it goes on from there. */
function release(
  requested: RequestedPeering,
  { record, parking, end, why }: Keeping & { end: 'released' | 'disconnected'; why: string },
): Promise<PeeringStatus> {
  return CancellationScope.nonCancellable(async () => {
    const { owner, providerRegion: region, poolScope } = requested;
    record.release(why);
    const { deleted } = await parking.insist((aws) => aws.releaseNetwork({ region, owner, inDoubt: false }));
    record.note(`deleted ${deleted.join(', ')}`);
    await temporal.releaseBlock({ scope: poolScope, order: { holder: owner.connection, wasActive: true } });
    record.end(end, why, null);
    return record.status;
  });
}
