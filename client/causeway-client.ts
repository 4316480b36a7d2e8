import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  statusQuery,
  type AccessChange,
  type DeclineNotice,
} from '../contract/messages.js';
import {
  connectionName,
  DEFAULT_TASK_QUEUE,
  manageAddressesWorkflowId,
  providerCheckWorkflowId,
  verifyAddressesWorkflowId,
  WORKFLOW,
  type ConnectionKey,
} from '../contract/names.js';
import type { AddressAnswer } from '../contract/address-management.js';
import type { AddressReport } from '../contract/address-verification.js';
import type { PeeringPlan } from '../contract/plan.js';
import type { ProviderCheck } from '../contract/provider-check.js';
import type { PeeringStatus } from '../contract/status.js';
import type { SweepReport } from '../contract/sweep.js';
import type { PeeringState } from '../domain/lifecycle.js';
import type { AddressOrder } from '../domain/addresses/address-order.js';
import { listPools, type PoolListing } from './addresses.js';
import { changeAccess, CHANGE_WITHIN_MS, startChange } from './change-access.js';
import { clientError, noWorker, workflowError } from './errors.js';
import { describeWorkflow, latestExecution, livingConnection, requestUnderWay } from './executions.js';
import { connectionHistory, type HistoryLine } from './history.js';
import { countByState, type StateCounts } from './count-by-state.js';
import { listPage, type ListedPage, type PageOptions } from './list-page.js';
import { listPeerings, type ListedPeering } from './list-peerings.js';
import {
  requestPeering,
  type RequestOrigin,
  type StartedRequest,
  type WrittenRequest,
} from './request-peering.js';
import { remind } from './remind.js';
import { renewLink } from './renew-link.js';
import { retry } from './retry.js';
import { runSweep } from './sweep.js';
import { watchStatus, type WatchOptions } from './watch.js';

/** How long an answer may take: a query waits for a worker that may not be there. */
const ANSWER_WITHIN_MS = 15_000;
/** A check asks AWS, which may itself be what does not answer. */
const CHECK_WITHIN_MS = 30_000;
/** Two sweeps, where the one under way was not the one that is wanted; each has a bound of its own. */
const SWEEP_WITHIN_MS = 1_300_000;
/** Two comparisons of every pool and region, and what is mended after them. */
const VERIFY_WITHIN_MS = 600_000;
/** Looking for the connection, and then its own bound on taking a change. */
const TAKEN_WITHIN_MS = 30_000;
/** A history is read page by page, and may have many. */
const READ_WITHIN_MS = 60_000;

/** What other services and the command line ask of Causeway. Every method throws `CausewayError` with a code. */
export class CausewayClient {
  readonly #temporal: Client;
  readonly #taskQueue: string;

  constructor(temporal: Client, options: { taskQueue?: string } = {}) {
    this.#temporal = temporal;
    this.#taskQueue = options.taskQueue ?? DEFAULT_TASK_QUEUE;
  }

  /** What a request would build; nothing is allocated or created. */
  plan(request: unknown): Promise<PeeringPlan> {
    return this.#execute<PeeringPlan>(WORKFLOW.planPeering, {
      subject: 'the plan',
      workflowId: `plan-peering/${randomUUID()}`,
      args: [request],
      withinMs: ANSWER_WITHIN_MS,
    });
  }

  /** AWS as the worker sees it; what is wrong there is in the answer. */
  checkProvider(): Promise<ProviderCheck> {
    return this.#execute<ProviderCheck>(WORKFLOW.checkProvider, {
      subject: 'the check of AWS',
      workflowId: providerCheckWorkflowId(randomUUID()),
      args: [],
      withinMs: CHECK_WITHIN_MS,
    });
  }

  /**
   * Starts the request, or finds the run that is under way for the same connection: asking again does no harm. The
   * request goes on by itself; `watch` follows it, and its end, if it does not come up, is `failure.code` in the status.
   *
   * @throws CausewayError `InvalidRequest` before anything is started, naming every wrong field; `AlreadyConnected`
   */
  request(request: WrittenRequest, origin: RequestOrigin = {}): Promise<StartedRequest> {
    const asked = { request, taskQueue: this.#taskQueue, origin, plan: () => this.plan(request) };
    return this.#ask(connectionName(request), () => requestPeering(this.#temporal, asked));
  }

  /** Of the living connection, or else of the request under way, or else of whichever ended last, however long ago. */
  status(key: ConnectionKey): Promise<PeeringStatus> {
    return this.#ask(connectionName(key), async () => {
      const { workflowId, runId } = await latestExecution(this.#temporal, key);
      return this.#temporal.workflow.getHandle(workflowId, runId).query(statusQuery);
    });
  }

  /** Of that very request, also when the same connection was requested again since, or is up by an earlier one. */
  statusOfRequest({
    workflowId,
    runId,
  }: Pick<StartedRequest, 'workflowId' | 'runId'>): Promise<PeeringStatus> {
    return this.#ask(`the request ${workflowId}`, async () => {
      const latest = await describeWorkflow(this.#temporal, workflowId);
      const isSame = latest?.raw.workflowExecutionInfo?.firstRunId === runId;
      return this.#temporal.workflow.getHandle(workflowId, isSame ? latest.runId : runId).query(statusQuery);
    });
  }

  /**
   * Looks in every region for what Causeway made and nobody owns any more, and deletes it where that is asked for. Waits
   * for the report; one sweep is under way at a time.
   */
  sweep(order: { delete: boolean }): Promise<SweepReport> {
    return this.#ask(
      'the sweep',
      () => runSweep(this.#temporal, { taskQueue: this.#taskQueue, delete: order.delete }),
      SWEEP_WITHIN_MS,
    );
  }

  /**
   * The pools of addresses, by scope.
   *
   * @param scope only that one's, with everything it holds; null is all, with their counts and utilisation
   */
  pools(scope: string | null): Promise<PoolListing[]> {
    return this.#ask(
      'the pools',
      () => listPools(this.#temporal, { taskQueue: this.#taskQueue, scope }),
      READ_WITHIN_MS,
    );
  }

  /** What an operator asks of a pool; a refusal by the pool is an answer. */
  manageAddresses(order: AddressOrder): Promise<AddressAnswer> {
    return this.#execute<AddressAnswer>(WORKFLOW.manageAddresses, {
      subject: 'the address pools',
      workflowId: manageAddressesWorkflowId(randomUUID()),
      args: [order],
      withinMs: CHECK_WITHIN_MS,
    });
  }

  /** The pools beside the VPCs of all regions, and what was mended where that is asked for. */
  verifyAddresses(order: { repair: boolean }): Promise<AddressReport> {
    return this.#execute<AddressReport>(WORKFLOW.verifyAddresses, {
      subject: 'the comparison of the address pools',
      workflowId: verifyAddressesWorkflowId(randomUUID()),
      args: [order],
      withinMs: VERIFY_WITHIN_MS,
    });
  }

  /** The status now, and then each time that it has changed, up to the end of the connection; see `watchStatus`. */
  watch(key: ConnectionKey, options: WatchOptions = {}): AsyncGenerator<PeeringStatus, void, void> {
    return watchStatus(() => this.status(key), options);
  }

  /** One page of the list; what it costs does not grow with the number of connections. */
  listPage(options: PageOptions = {}): Promise<ListedPage> {
    return this.#ask('the list', () => listPage(this.#temporal, options));
  }

  /** How many there are in each state; see `countByState`. */
  countByState(organizationIds: readonly string[] | null): Promise<StateCounts> {
    return this.#ask('the counts', () => countByState(this.#temporal, organizationIds));
  }

  /** All of them, sorted by name: for some thousands of connections, not for more. */
  list(filter: { state?: PeeringState } = {}): Promise<ListedPeering[]> {
    return this.#ask('the list', () => listPeerings(this.#temporal, filter));
  }

  /** Says that the customer has accepted: Causeway looks at AWS and believes only that. */
  accept(key: ConnectionKey, by: string): Promise<void> {
    return this.#tellRequest(key, (workflowId) =>
      this.#temporal.workflow.getHandle(workflowId).signal(customerAcceptedSignal, { by }),
    );
  }

  decline(key: ConnectionKey, notice: DeclineNotice & { by: string }): Promise<void> {
    return this.#tellRequest(key, (workflowId) =>
      this.#temporal.workflow.getHandle(workflowId).signal(customerDeclinedSignal, notice),
    );
  }

  /** Tells people now what the request waits for; see `remind`. */
  remind(key: ConnectionKey, by: string): Promise<void> {
    return this.#ask(connectionName(key), () => remind(this.#temporal, key, by));
  }

  /** Makes what is parked try at once; see `retry`. */
  retry(key: ConnectionKey, by: string): Promise<void> {
    return this.#ask(connectionName(key), () => retry(this.#temporal, key, by));
  }

  /** Ends a request that is under way, and undoes it. */
  cancel(key: ConnectionKey, order: { by?: string } = {}): Promise<void> {
    return this.#tellRequest(key, async (workflowId) => {
      // The SDK's own call cannot say who asked.
      await this.#temporal.workflowService.requestCancelWorkflowExecution({
        namespace: this.#temporal.options.namespace,
        identity: this.#temporal.options.identity,
        requestId: randomUUID(),
        workflowExecution: { workflowId },
        reason: order.by ?? '',
      });
    });
  }

  /** Takes a living connection down; everything it made is released. */
  close(key: ConnectionKey, order: { by: string; reason?: string }): Promise<void> {
    return this.#ask(connectionName(key), async () => {
      const workflowId = await livingConnection(this.#temporal, key);
      await this.#temporal.workflow.getHandle(workflowId).signal(closeSignal, order);
    });
  }

  /**
   * Gives a living connection other ranges or rules, without a gap in what stays allowed; what the change leaves out stays.
   *
   * @returns the status once AWS has the new set; a change that fails leaves the old one
   */
  change(key: ConnectionKey, change: AccessChange): Promise<PeeringStatus> {
    return this.#ask(connectionName(key), () => changeAccess(this.#temporal, key, change), CHANGE_WITHIN_MS);
  }

  /**
   * As `change`, but resolves once the connection has taken the change: how it ends stands in the status.
   *
   * @throws CausewayError `InvalidRequest`, `NotActive` or `NotInState` where the change is refused
   */
  startChange(key: ConnectionKey, change: AccessChange): Promise<void> {
    return this.#ask(connectionName(key), () => startChange(this.#temporal, key, change), TAKEN_WITHIN_MS);
  }

  /**
   * Revokes the customer's links, and answers with the generation that a new one has to carry.
   *
   * @throws CausewayError `NotFound` when the connection is over
   */
  renewLink(key: ConnectionKey, by: string): Promise<number> {
    return this.#ask(connectionName(key), () => renewLink(this.#temporal, key, by));
  }

  /** Who did what when, oldest first, as far as Temporal still has it, or else what the record of the end says. */
  history(key: ConnectionKey): Promise<HistoryLine[]> {
    return this.#ask(connectionName(key), () => connectionHistory(this.#temporal, key), READ_WITHIN_MS);
  }

  #tellRequest(key: ConnectionKey, tell: (workflowId: string) => Promise<void>): Promise<void> {
    return this.#ask(connectionName(key), async () => tell(await requestUnderWay(this.#temporal, key)));
  }

  /** A workflow that someone waits for: it ends by itself when nobody does its work in time. */
  #execute<T>(
    type: string,
    {
      subject,
      workflowId,
      args,
      withinMs,
    }: { subject: string; workflowId: string; args: unknown[]; withinMs: number },
  ): Promise<T> {
    const question = async (): Promise<T> => {
      const handle = await this.#temporal.workflow.start<(...args: unknown[]) => Promise<T>>(type, {
        workflowId,
        taskQueue: this.#taskQueue,
        args,
        workflowExecutionTimeout: withinMs,
      });
      try {
        return await handle.result();
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        if (error.cause instanceof TimeoutFailure) throw noWorker(subject, error);
        throw workflowError(error.cause) ?? error;
      }
    };
    return this.#ask(subject, question, withinMs);
  }

  async #ask<T>(subject: string, question: () => Promise<T>, withinMs = ANSWER_WITHIN_MS): Promise<T> {
    try {
      return await this.#temporal.withDeadline(Date.now() + withinMs, question);
    } catch (error) {
      throw clientError(error, subject);
    }
  }
}
