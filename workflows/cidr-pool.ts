import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import {
  adoptUpdate,
  allocateUpdate,
  explainQuery,
  poolReportQuery,
  poolReportUpdate,
  releaseUpdate,
  reserveUpdate,
  unreserveUpdate,
} from '../contract/messages.js';
import {
  adoptProblem,
  batchProblem,
  releaseProblem,
  reportProblem,
  reserveProblem,
  unreserveProblem,
} from '../contract/pool-orders.js';
import type { PoolState } from '../contract/pool.js';
import { ending } from './failure.js';
import { isHistoryLong } from './history-bound.js';
import { PoolDesk } from './pool-desk.js';

/** Entries of a report that is asked for by a query: below the 2 MiB of a payload. */
const MOST_QUERIED = 5_000;

/** Entries of one that stays in the history. */
const MOST_RECORDED = 200;

/**
 * The single writer of the addresses in one scope, or in one shard of it. Who holds what is in the state it carries from
 * run to run, because an update id alone is forgotten at continue-as-new. No handler waits for anything, so that what was
 * asked first is answered first, and wholly.
 */
export async function cidrPool(carried?: PoolState): Promise<void> {
  const desk = new PoolDesk(carried);
  setHandler(poolReportQuery, (question = {}) => desk.report(question, MOST_QUERIED));
  setHandler(explainQuery, (question) => desk.explain(question));
  setHandler(allocateUpdate, (batch) => desk.answer(batch), refusing(batchProblem));
  setHandler(releaseUpdate, (order) => desk.release(order), refusing(releaseProblem));
  setHandler(adoptUpdate, (order) => desk.adopt(order), refusing(adoptProblem));
  setHandler(reserveUpdate, (order) => desk.reserve(order), refusing(reserveProblem));
  setHandler(unreserveUpdate, ({ cidr }) => desk.unreserve(cidr), refusing(unreserveProblem));
  setHandler(poolReportUpdate, (question) => desk.report(question, MOST_RECORDED), refusing(reportProblem));

  await condition(isHistoryLong);
  await condition(allHandlersFinished);
  await continueAsNew<typeof cidrPool>(desk.state());
}

/** Refuses before anything is written to the history. */
function refusing<T>(problemOf: (order: T) => string | null): { validator: (order: T) => void } {
  return {
    validator: (order) => {
      const problem = problemOf(order);
      if (problem !== null) throw ending('InvalidRequest', problem);
    },
  };
}
