import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  statusQuery,
  type AccessChange,
} from '../contract/messages.js';
import {
  connectionName,
  DEFAULT_TASK_QUEUE,
  providerCheckWorkflowId,
  provisionWorkflowId,
  WORKFLOW,
  type ConnectionKey,
} from '../contract/names.js';
import type { PeeringPlan } from '../contract/plan.js';
import type { ProviderCheck } from '../contract/provider-check.js';
import type { PeeringStatus } from '../contract/status.js';
import type { SweepReport } from '../contract/sweep.js';
import type { PeeringState } from '../domain/lifecycle.js';
import { changeAccess, CHANGE_WITHIN_MS } from './change-access.js';
import { clientError, noWorker, workflowError } from './errors.js';
import {
  describeWorkflow,
  isRunning,
  latestExecution,
  livingConnection,
  requestUnderWay,
} from './executions.js';
import { connectionHistory, type HistoryLine } from './history.js';
import { listPeerings, type ListedPeering } from './list-peerings.js';
import { runSweep } from './sweep.js';

/** How long an answer may take: a query waits for a worker that may not be there. */
const ANSWER_WITHIN_MS = 15_000;
/** A check asks AWS, which may itself be what does not answer. */
const CHECK_WITHIN_MS = 30_000;
/** Two sweeps, where the one under way was not the one that is wanted; each has a bound of its own. */
const SWEEP_WITHIN_MS = 1_300_000;
/** A history is read page by page, and may have many. */
const READ_WITHIN_MS = 60_000;

export interface StartedRequest {
  workflowId: string;
  /** The first execution's, where the run has continued as new. */
  runId: string;
  /** Whether the run was under way before: then it goes on as it was first requested. */
  wasUnderWay: boolean;
}

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

  /** Starts the request, or finds the run that is under way for the same connection. */
  request(request: ConnectionKey & { customerName?: unknown }): Promise<StartedRequest> {
    const workflowId = provisionWorkflowId(connectionName(request));
    return this.#ask(connectionName(request), async () => {
      const earlier = await describeWorkflow(this.#temporal, workflowId);
      const handle = await this.#temporal.workflow.start(WORKFLOW.provisionPeering, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [request],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `Peering request of ${connectionName(request)}`,
      });
      // The start answers with the execution it found, which need not be the first: one that waits may have continued as new.
      const { firstExecutionRunId: foundId } = handle;
      const { raw } = await this.#temporal.workflow.getHandle(workflowId, foundId).describe();
      return {
        workflowId,
        runId: raw.workflowExecutionInfo?.firstRunId ?? foundId,
        wasUnderWay: earlier !== null && isRunning(earlier),
      };
    });
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

  list(filter: { state?: PeeringState } = {}): Promise<ListedPeering[]> {
    return this.#ask('the list', () => listPeerings(this.#temporal, filter));
  }

  /** Says that the customer has accepted: Causeway looks at AWS and believes only that. */
  accept(key: ConnectionKey, by: string): Promise<void> {
    return this.#tellRequest(key, (workflowId) =>
      this.#temporal.workflow.getHandle(workflowId).signal(customerAcceptedSignal, { by }),
    );
  }

  decline(key: ConnectionKey, notice: { by: string; reason?: string }): Promise<void> {
    return this.#tellRequest(key, (workflowId) =>
      this.#temporal.workflow.getHandle(workflowId).signal(customerDeclinedSignal, notice),
    );
  }

  /** Ends a request that is under way, and undoes it. */
  cancel(key: ConnectionKey): Promise<void> {
    return this.#tellRequest(key, async (workflowId) => {
      await this.#temporal.workflow.getHandle(workflowId).cancel();
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
