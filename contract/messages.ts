import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccessRule } from '../domain/access/written-access.js';
import type { EarlierEnd, EndedPeering } from './ended-peering.js';
import type {
  AdoptBlock,
  AdoptOutcome,
  BatchAnswer,
  BlockExplanation,
  ExplainQuestion,
  PoolBatch,
  PoolReport,
  ReleaseBlock,
  ReportQuestion,
  ReserveOutcome,
  ReserveRange,
  UnreserveRange,
} from './pool.js';
import type { PeeringStatus } from './status.js';

export interface AcceptanceClaim {
  by?: string;
}

export interface DeclineNotice {
  by?: string;
  reason?: string | undefined;
  /** What the customer's network uses: for the next request, which can avoid it. What is no such range is passed over. */
  avoidCidrs?: string[] | undefined;
}

export interface RemindOrder {
  by?: string;
}

export interface RetryOrder {
  by?: string;
}

export interface CloseOrder {
  by?: string;
  reason?: string;
}

/** Another set of ranges or rules for a living connection; what is left out stays as it is. */
export interface AccessChange {
  by?: string;
  subnetCidrs?: string[];
  access?: AccessRule[];
}

/** A new link for the customer; all earlier ones open nothing from then on. */
export interface LinkOrder {
  by?: string;
}

export const statusQuery = defineQuery<PeeringStatus>('status');

/** "The customer says it has accepted": Causeway looks at AWS and believes only that. */
export const customerAcceptedSignal = defineSignal<[AcceptanceClaim?]>('customerAccepted');
export const customerDeclinedSignal = defineSignal<[DeclineNotice?]>('customerDeclined');
/** People are told now what a request waits for; without effect while it does not wait for its customer. */
export const remindSignal = defineSignal<[RemindOrder?]>('remind');
/** What is parked is tried at once; without effect on a run that is not. */
export const retrySignal = defineSignal<[RetryOrder?]>('retry');
export const closeSignal = defineSignal<[CloseOrder?]>('close');

/** Adds and removes ranges and ports without a gap in what stays allowed. */
export const changeAccessUpdate = defineUpdate<PeeringStatus, [AccessChange]>('changeAccess');

/** Answers with the generation that the new link has to carry; of `provisionPeering` and of `maintainPeering`. */
export const renewLinkUpdate = defineUpdate<number, [LinkOrder]>('renewLink');

/** From the run that ended to the workflow that keeps its end. */
export const endedSignal = defineSignal<[EndedPeering]>('ended');
export const earlierEndsQuery = defineQuery<EarlierEnd[]>('earlierEnds');

/** From the region's observer: something about this connection changed in AWS; look again. */
export const peeringObservedSignal = defineSignal<[{ status: string }]>('peeringObserved');

/** Blocks asked for and given back, by many connections at once; a refusal is an answer and fails none of the others. */
export const allocateUpdate = defineUpdate<BatchAnswer, [PoolBatch]>('allocate');
/** One block, by an operator. */
export const releaseUpdate = defineUpdate<void, [ReleaseBlock]>('release');
export const adoptUpdate = defineUpdate<AdoptOutcome, [AdoptBlock]>('adopt');
export const reserveUpdate = defineUpdate<ReserveOutcome, [ReserveRange]>('reserve');
/** Whether the range was reserved. */
export const unreserveUpdate = defineUpdate<boolean, [UnreserveRange]>('unreserve');
/** As the query, but after everything that was asked before; it stays in the history, so its pages are short. */
export const poolReportUpdate = defineUpdate<PoolReport, [ReportQuestion]>('report');
export const poolReportQuery = defineQuery<PoolReport, [ReportQuestion?]>('report');
/** The block that an allocation would give, and why; it gives none. */
export const explainQuery = defineQuery<BlockExplanation, [ExplainQuestion]>('explain');
