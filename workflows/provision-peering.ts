import type { ApplicationFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { statusQuery } from '../contract/messages.js';
import type { PeeringStatus } from '../contract/status.js';
import { temporal } from './activity-proxies.js';
import { afterwards, planAnotherBlock } from './ask-again.js';
import { awaitAcceptance } from './await-acceptance.js';
import { buildNetwork } from './build-network.js';
import { Compensations } from './compensation.js';
import { CANCELLED, conclude, conclusionOf, type Conclusion } from './conclusion.js';
import { configureNetwork } from './configure-network.js';
import { ending } from './failure.js';
import { isHistoryLong } from './history-bound.js';
import { Inbox, type CarriedMessages } from './inbox.js';
import { answerLinkOrders } from './link-orders.js';
import { startMaintaining } from './maintaining.js';
import { BrokenOff, ParkingLot } from './parking.js';
import { PeeringRecord } from './peering-record.js';
import { planRequest } from './plan-request.js';
import { requestPeering } from './request-peering.js';
import { shownIdentity } from './shown-identity.js';
import { plannedIn, type Journey, type Run } from './stages.js';
import { registerAgain } from './undo.js';

/** What a run hands to its next execution, when its history has grown long. */
export interface CarriedRun {
  status: PeeringStatus;
  journey: Journey;
  messages: CarriedMessages;
  /** How it ends, where it was undoing what it had done. */
  conclusion: Conclusion | null;
}

/** A run, how far it has come, and how it is to end, once that is known. */
interface Provisioning extends Run {
  inbox: Inbox;
  root: CancellationScope;
  journey: Journey;
  conclusion: Conclusion | null;
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
  const run = begin(input, carried);
  try {
    return await pursue(input, run);
  } catch (error) {
    if (error instanceof BrokenOff) return await goOnAsNew(input, run);
    throw error;
  }
}

function begin(input: unknown, carried: CarriedRun | undefined): Provisioning {
  const record =
    carried === undefined
      ? PeeringRecord.unchecked(shownIdentity(input), workflowInfo().startTime)
      : PeeringRecord.resumed(carried.status);
  setHandler(statusQuery, () => record.status);
  answerLinkOrders(record, { handedOnIn: 'active' });
  const parking = new ParkingLot(record, carried !== undefined);
  const run: Provisioning = {
    record,
    parking,
    undo: new Compensations(),
    inbox: new Inbox(record, { parking, carried: carried?.messages }),
    root: CancellationScope.current(),
    journey: carried?.journey ?? { at: 'start' },
    conclusion: carried?.conclusion ?? null,
  };
  parking.breakOffFor(() => {
    if (isHistoryLong()) return 'history-long';
    return run.conclusion === null && !isStillWanted(run) ? 'declined' : null;
  });
  registerAgain(run.journey, run);
  return run;
}

/** @throws BrokenOff when its history is long */
async function pursue(input: unknown, run: Provisioning): Promise<PeeringStatus> {
  while (run.conclusion === null) {
    try {
      if ((await nextStage(input, run)) === 'active') return run.record.status;
      if (isHistoryLong()) throw new BrokenOff('history-long');
    } catch (error) {
      if (error instanceof BrokenOff && error.reason !== 'declined') throw error;
      // An activity whose worker died while the run was cancelled ends with a timeout: it is the cancelling all the same.
      run.conclusion = run.root.consideredCancelled
        ? CANCELLED
        : conclusionOf(error instanceof BrokenOff ? declinedBy(run) : error);
      run.conclusion = await keptByAnother(run, run.conclusion);
    }
  }
  const { conclusion, inbox, record } = run;
  if (inbox.avoidCidrs.length > 0 && isDeclined(conclusion)) record.avoids(inbox.avoidCidrs);
  throw await CancellationScope.nonCancellable(() => conclude(conclusion, run));
}

async function nextStage(input: unknown, run: Provisioning): Promise<'under way' | 'active'> {
  const { journey, record } = run;
  if (!isStillWanted(run)) throw declinedBy(run);
  switch (journey.at) {
    case 'start':
      run.journey = { at: 'planned', planned: await planRequest(input, run) };
      return 'under way';
    case 'planned': {
      const { planned } = journey;
      run.journey = { at: 'built', planned, network: await buildNetwork(planned, run) };
      return 'under way';
    }
    case 'built': {
      const { planned, network } = journey;
      run.journey = { at: 'requested', requested: await requestPeering(planned, network, run) };
      return 'under way';
    }
    case 'refused':
      run.journey = { at: 'planned', planned: await planAnotherBlock(journey.planned, run) };
      return 'under way';
    case 'requested': {
      const { requested } = journey;
      const outcome = await awaitAcceptance(requested, run);
      if (outcome.kind === 'over') {
        run.journey = afterwards(requested, outcome, run);
        return 'under way';
      }
      const configured = await configureNetwork(requested, run);
      if (configured === null) return 'under way';
      await startMaintaining(configured, run);
      run.undo.handOver();
      record.keeping();
      await record.told();
      return 'active';
    }
  }
}

/**
 * A run that was reset ends without undoing anything while the connection lives: by what this run made, or under the name by
 * which blocks are given back. What of its own it leaves is the sweep's.
 */
async function keptByAnother({ journey, undo }: Provisioning, conclusion: Conclusion): Promise<Conclusion> {
  if (journey.at === 'start' || undo.pending.length === 0) return conclusion;
  const { connection } = plannedIn(journey).owner;
  const isKept = await CancellationScope.nonCancellable(() => temporal.isKept({ connection }));
  if (!isKept) return conclusion;
  undo.handOver();
  return { kind: 'failed', code: 'AlreadyConnected', message: `${connection} is up; it stays as it is` };
}

/**
 * Who declined before it was asked is not asked: once the request is known to be valid, and its end therefore somebody's. What
 * stands before the customer is looked at first.
 */
function isStillWanted({ inbox, journey }: Provisioning): boolean {
  return inbox.declined === null || journey.at === 'start' || journey.at === 'requested';
}

function isDeclined(conclusion: Conclusion): boolean {
  return conclusion.kind === 'failed' && conclusion.code === 'PeeringDeclined';
}

function declinedBy({ inbox }: Provisioning): ApplicationFailure {
  return ending('PeeringDeclined', inbox.declined ?? 'declined');
}

/** What is said while it prepares is carried on too, and so is a cancelling. */
async function goOnAsNew(input: unknown, run: Provisioning): Promise<never> {
  const { record, inbox, root } = run;
  await CancellationScope.nonCancellable(async () => {
    await record.told();
    await condition(allHandlersFinished);
  });
  return continueAsNew<typeof provisionPeering>(input, {
    status: record.status,
    journey: run.journey,
    messages: inbox.carried(),
    conclusion: run.conclusion ?? (root.consideredCancelled ? CANCELLED : null),
  });
}
