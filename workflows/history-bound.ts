import { workflowInfo } from '@temporalio/workflow';

/**
 * Events from which on a run continues as new. Chosen by measurement (`npm run bench -- activations`): a history this long
 * is replayed within a tenth of the SDK's limit for one activation, and the server would suggest it only at four times as many.
 */
export const MOST_EVENTS = 1_000;

/** Whether the run has to go on in another execution, so that its history and what a replay costs stay bounded. */
export function isHistoryLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= MOST_EVENTS;
}
