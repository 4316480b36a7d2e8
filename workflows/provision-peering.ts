import {
  allHandlersFinished,
  CancelledFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { statusQuery } from '../contract/messages.js';
import type { PeeringStatus } from '../contract/status.js';
import { FAILURES, type FailureCode } from '../domain/failures.js';
import { LifecycleError, type EndState } from '../domain/lifecycle.js';
import { askAgain } from './ask-again.js';
import { awaitAcceptance } from './await-acceptance.js';
import { buildNetwork } from './build-network.js';
import { Compensations } from './compensation.js';
import { configureNetwork } from './configure-network.js';
import { causeOf, ending } from './failure.js';
import { Inbox } from './inbox.js';
import { keepEnd } from './keep-end.js';
import { answerLinkOrders } from './link-orders.js';
import { startMaintaining } from './maintaining.js';
import { PeeringRecord } from './peering-record.js';
import { planRequest } from './plan-request.js';
import { requestPeering } from './request-peering.js';
import { shownIdentity } from './shown-identity.js';
import type { RequestedPeering, Run } from './stages.js';
import { registerAgain } from './undo.js';

/** What a waiting run hands to its next execution, when its history has grown. */
export interface CarriedRun {
  status: PeeringStatus;
  requested: RequestedPeering;
}

/**
 * From a request to an active connection, or to a named failure: days, most of them waiting for the customer.
 *
 * @param input a `PeeringRequest` as in the interface; anything else fails with `InvalidRequest`
 * @param carried only from its own continue-as-new
 * @returns the status, `active`, once `maintainPeering` keeps the connection
 * @throws ApplicationFailure whose type is a code of the failure table; everything made is released before
 */
export async function provisionPeering(input: unknown, carried?: CarriedRun): Promise<PeeringStatus> {
  const record =
    carried === undefined
      ? PeeringRecord.unchecked(shownIdentity(input), workflowInfo().startTime)
      : PeeringRecord.resumed(carried.status);
  setHandler(statusQuery, () => record.status);
  answerLinkOrders(record, { handedOnIn: 'active' });
  const inbox = new Inbox(record);
  const run: Run = { record, undo: new Compensations() };
  const root = CancellationScope.current();
  try {
    let requested =
      carried === undefined
        ? await inbox.unlessDeclined(() => request(input, run, inbox))
        : goOn(carried, run);
    for (;;) {
      const outcome = await awaitAcceptance(requested, { record, inbox });
      switch (outcome.kind) {
        case 'accepted':
          await startMaintaining(await configureNetwork(requested, record), record);
          run.undo.handOver();
          record.keeping();
          await record.told();
          return record.status;
        case 'over':
          requested = await inbox.unlessDeclined(() => askAgain(requested, outcome, run));
          break;
        case 'history-grown':
          await record.told();
          await condition(allHandlersFinished);
          await continueAsNew<typeof provisionPeering>(input, { status: record.status, requested });
      }
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    // An activity whose worker died while the run was cancelled ends with a timeout: it is the cancelling all the same.
    const cause = root.consideredCancelled ? new CancelledFailure('the request was cancelled') : error;
    throw await CancellationScope.nonCancellable(() => concludeRun(cause, run));
  }
}
setWorkflowOptions({ failureExceptionTypes: [LifecycleError] }, provisionPeering);

/** Ends with a name of their own. */
const END_STATES: Partial<Record<FailureCode, EndState>> = {
  PeeringDeclined: 'declined',
  PeeringExpired: 'expired',
  PeeringDeleted: 'disconnected',
};

async function request(input: unknown, run: Run, inbox: Inbox): Promise<RequestedPeering> {
  const planned = await planRequest(input, run);
  requireWanted(inbox);
  const network = await buildNetwork(planned, run);
  requireWanted(inbox);
  return requestPeering(planned, network, run.record);
}

/** Who declined before it was asked is not asked. */
function requireWanted({ declined }: Inbox): void {
  if (declined !== null) throw ending('PeeringDeclined', declined);
}

function goOn({ requested }: CarriedRun, run: Run): RequestedPeering {
  run.record.tellPeople(requested.settings.notifications);
  registerAgain(requested, run);
  return requested;
}

/** Undoes what was done, names the end, and gives the error that closes the run. */
async function concludeRun(error: unknown, { record, undo }: Run): Promise<unknown> {
  const cancelled = isCancellation(error);
  const cause = causeOf(error);
  if (undo.pending.length > 0) {
    const why = cancelled ? 'cancelled' : `${cause.code}: ${cause.message}`;
    record.release(`${why}; releasing ${undo.pending.toReversed().join(', ')}`);
    await undo.run();
  }
  if (cancelled) {
    record.end('cancelled', `cancelled; ${workflowInfo().workflowId} is undone`, null);
  } else {
    record.end(END_STATES[cause.code] ?? 'failed', `${FAILURES[cause.code].summary} ${cause.message}`, cause);
  }
  await keepEnd(record);
  return cancelled ? error : ending(cause.code, cause.message);
}
