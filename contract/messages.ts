import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BlockAnswer, AllocateBlock, PoolReport, ReleaseBlock } from './pool.js';
import type { PeeringStatus } from './status.js';

export interface AcceptanceClaim {
  by?: string;
}

export interface DeclineNotice {
  by?: string;
  reason?: string;
}

export interface CloseOrder {
  by?: string;
  reason?: string;
}

export const statusQuery = defineQuery<PeeringStatus>('status');

/** "The customer says it has accepted": Causeway looks at AWS and believes only that. */
export const customerAcceptedSignal = defineSignal<[AcceptanceClaim?]>('customerAccepted');
export const customerDeclinedSignal = defineSignal<[DeclineNotice?]>('customerDeclined');
export const closeSignal = defineSignal<[CloseOrder?]>('close');

/** From the region's observer: something about this connection changed in AWS; look again. */
export const peeringObservedSignal = defineSignal<[{ status: string }]>('peeringObserved');

export const allocateUpdate = defineUpdate<BlockAnswer, [AllocateBlock]>('allocate');
export const releaseUpdate = defineUpdate<void, [ReleaseBlock]>('release');
export const poolReportQuery = defineQuery<PoolReport>('report');
