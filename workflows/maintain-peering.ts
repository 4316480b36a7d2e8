import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
} from '@temporalio/workflow';
import { statusQuery } from '../contract/messages.js';
import { OWNED_RUN_MEMO } from '../contract/names.js';
import type { PeeringStatus } from '../contract/status.js';
import { DAY_MS, durationMs, HOUR_MS, MINUTE_MS } from '../domain/durations.js';
import { changeAccess } from './change-access.js';
import { freshSettings } from './fresh-settings.js';
import { answerLinkOrders } from './link-orders.js';
import { Lasting, type Doubt } from './lasting.js';
import { lookAtConnection } from './look-at-connection.js';
import { OrderDesk, type CarriedOrders } from './order-desk.js';
import { BrokenOff, ParkingLot } from './parking.js';
import { customerOf, PeeringRecord } from './peering-record.js';
import { releaseConnection, type Release } from './release-connection.js';
import { RepairBudget } from './repair-budget.js';
import { useSettings, type Acting, type RequestedPeering } from './stages.js';

export interface MaintainedPeering {
  status: PeeringStatus;
  requested: RequestedPeering;
  /** When drift was repaired within the last hour, ISO 8601, one for each change. */
  repairs?: string[];
  orders?: CarriedOrders;
  /** How it ends, where it was being taken down. */
  release?: Release | null;
}

/** A connection, and how it is to end, once that is known. */
interface Maintaining extends Acting {
  requested: RequestedPeering;
  desk: OrderDesk;
  budget: RepairBudget;
  root: CancellationScope;
  release: Release | null;
}

/** It looks by itself this often, should what the observer said have been lost; more often while something is amiss. */
const LOOK_AGAIN_MS = { regular: 7 * DAY_MS, later: HOUR_MS, soon: MINUTE_MS } as const;

/**
 * Keeps one connection from activation to its end. Closing and cancelling mean the same: everything is released.
 *
 * @returns the final status: `released`, or `disconnected` when the customer deleted the peering
 */
export async function maintainPeering(input: MaintainedPeering): Promise<PeeringStatus> {
  const kept = begin(input);
  try {
    await loadSettings(kept);
    kept.release ??= await keep(kept);
    return await releaseConnection(kept.requested, kept.release, kept);
  } catch (error) {
    if (error instanceof BrokenOff) return await goOnAsNew(kept);
    throw error;
  }
}

function begin({ status, requested, repairs, orders, release }: MaintainedPeering): Maintaining {
  // A status that an earlier version handed over may lack what was agreed; the request has it.
  const record = PeeringRecord.resumed({ ...status, customer: customerOf(requested.request) });
  const parking = new ParkingLot(record);
  setHandler(statusQuery, () => record.status);
  answerLinkOrders(record);
  const kept = {
    record,
    parking,
    requested,
    budget: new RepairBudget(repairs ?? []),
    root: CancellationScope.current(),
    release: release ?? null,
  };
  // What came before its handler was there is handed to it at once: the rest has to stand.
  const desk = new OrderDesk(record, () => kept.requested, { parking, carried: orders });
  return Object.assign(kept, { desk });
}

async function loadSettings(kept: Maintaining): Promise<void> {
  const settings = await CancellationScope.nonCancellable(() =>
    freshSettings(kept.requested.settings, kept.record),
  );
  kept.requested = { ...kept.requested, settings };
  useSettings(kept, settings);
}

/**
 * @returns how the connection is to end
 * @throws BrokenOff when the history is long
 */
async function keep(kept: Maintaining): Promise<Release> {
  const { desk, record } = kept;
  const lasting = new Lasting(record);
  let withinMs: number = LOOK_AGAIN_MS.regular;
  try {
    while (!desk.isClosing()) {
      await desk.untilWork(withinMs);
      const change = desk.nextChange();
      if (change !== undefined) {
        kept.requested = await desk.carryOut(change, (wanted) =>
          changeAccess(kept.requested, wanted, record),
        );
      } else if (!desk.isClosing()) {
        const seen = await desk.look((why) => lookAtConnection(kept.requested, kept, why));
        if (seen?.kind === 'lost') return { end: 'disconnected', why: seen.why };
        if (seen?.kind === 'absent') {
          const stillFor = lasting.stillFor(absenceOf(seen.why, kept));
          if (stillFor === 0) return { end: 'disconnected', why: seen.why };
          withinMs = Math.min(stillFor, LOOK_AGAIN_MS.soon);
          continue;
        }
        lasting.over();
        kept.requested = seen?.requested ?? kept.requested;
        withinMs = LOOK_AGAIN_MS[seen?.next ?? 'later'];
      }
    }
  } catch (error) {
    // An activity whose worker died meanwhile ends with a timeout: it is the cancelling all the same.
    if (!isCancellation(error) && !kept.root.consideredCancelled) throw error;
    desk.close('closed by cancelling');
  }
  return { end: 'released', why: desk.closing ?? 'closed' };
}

function absenceOf(why: string, { requested: { expected, settings } }: Maintaining): Doubt {
  const { absentAfter } = settings.maintenance;
  const note = `${expected.vpcPeeringConnectionId} is ${why}`;
  return { note, lastsMs: durationMs(absentAfter), lasts: absentAfter };
}

/** What is asked while it prepares is carried on too, and so is a cancelling. */
async function goOnAsNew(kept: Maintaining): Promise<never> {
  const { record, requested, budget, desk, root, release } = kept;
  await CancellationScope.nonCancellable(async () => {
    await record.told();
    await condition(allHandlersFinished);
  });
  if (root.consideredCancelled) desk.close('closed by cancelling');
  return makeContinueAsNewFunc<typeof maintainPeering>({
    memo: { [OWNED_RUN_MEMO]: requested.owner.run },
  })({ status: record.status, requested, repairs: budget.spent, orders: desk.carried(), release });
}
