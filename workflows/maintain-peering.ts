import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { statusQuery } from '../contract/messages.js';
import { OWNED_RUN_MEMO } from '../contract/names.js';
import type { PeeringStatus } from '../contract/status.js';
import { LifecycleError } from '../domain/lifecycle.js';
import { changeAccess } from './change-access.js';
import { freshSettings } from './fresh-settings.js';
import { answerLinkOrders } from './link-orders.js';
import { lookAtConnection } from './look-at-connection.js';
import { OrderDesk } from './order-desk.js';
import { customerOf, PeeringRecord } from './peering-record.js';
import { releaseConnection } from './release-connection.js';
import { RepairBudget } from './repair-budget.js';
import type { RequestedPeering } from './stages.js';

export interface MaintainedPeering {
  status: PeeringStatus;
  requested: RequestedPeering;
  /** When drift was repaired within the last hour, ISO 8601, one for each change. */
  repairs?: string[];
}

/** It looks by itself this often, should what the observer said have been lost; more often while something is amiss. */
const LOOK_AT_LEAST_EVERY = '7 days';
const LOOK_AT_DRIFT_AGAIN_AFTER = '1 hour';

/**
 * Keeps one connection from activation to its end. Closing and cancelling mean the same: everything is released.
 *
 * @returns the final status: `released`, or `disconnected` when the customer deleted the peering
 */
export async function maintainPeering(input: MaintainedPeering): Promise<PeeringStatus> {
  // A status that an earlier version handed over may lack what was agreed; the request has it.
  const customer = customerOf(input.requested.request);
  const record = PeeringRecord.resumed({ ...input.status, customer });
  const root = CancellationScope.current();
  let { requested } = input;
  setHandler(statusQuery, () => record.status);
  answerLinkOrders(record);
  const desk = new OrderDesk(record, () => requested);
  const settings = await CancellationScope.nonCancellable(() =>
    freshSettings(input.requested.settings, record),
  );
  requested = { ...requested, settings };
  record.tellPeople(settings.notifications);
  const budget = new RepairBudget(input.repairs ?? []);
  let amiss = false;
  try {
    while (!desk.isClosing()) {
      await condition(() => desk.hasWork, amiss ? LOOK_AT_DRIFT_AGAIN_AFTER : LOOK_AT_LEAST_EVERY, {
        summary: 'keeps the connection',
      });
      const change = desk.nextChange();
      if (change !== undefined) {
        requested = await desk.carryOut(change, (wanted) => changeAccess(requested, wanted, record));
      } else if (!desk.isClosing()) {
        const seen = await desk.look(() => lookAtConnection(requested, { record, budget }));
        if (seen?.kind === 'lost') {
          return await releaseConnection(requested, { record, end: 'disconnected', why: seen.why });
        }
        requested = seen?.requested ?? requested;
        amiss = seen?.amiss ?? true;
      }
      if (workflowInfo().continueAsNewSuggested && !desk.hasWork) {
        await record.told();
        await condition(allHandlersFinished);
        await continueMaintaining({ status: record.status, requested, repairs: budget.spent });
      }
    }
  } catch (error) {
    // An activity whose worker died meanwhile ends with a timeout: it is the cancelling all the same.
    if (!isCancellation(error) && !root.consideredCancelled) throw error;
    desk.close('closed by cancelling');
  }
  return releaseConnection(requested, { record, end: 'released', why: desk.closing ?? 'closed' });
}
setWorkflowOptions({ failureExceptionTypes: [LifecycleError] }, maintainPeering);

function continueMaintaining(input: MaintainedPeering): Promise<never> {
  return makeContinueAsNewFunc<typeof maintainPeering>({
    memo: { [OWNED_RUN_MEMO]: input.requested.owner.run },
  })(input);
}
