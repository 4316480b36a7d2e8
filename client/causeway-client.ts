import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { TimeoutFailure, WorkflowNotFoundError } from '@temporalio/common';
import {
  closeSignal,
  customerAcceptedSignal,
  customerDeclinedSignal,
  statusQuery,
} from '../contract/messages.js';
import {
  connectionName,
  DEFAULT_TASK_QUEUE,
  maintainWorkflowId,
  providerCheckWorkflowId,
  provisionWorkflowId,
  WORKFLOW,
  type ConnectionKey,
} from '../contract/names.js';
import type { PeeringPlan } from '../contract/plan.js';
import type { ProviderCheck } from '../contract/provider-check.js';
import type { PeeringStatus } from '../contract/status.js';
import type { PeeringState } from '../domain/lifecycle.js';
import { CausewayError } from './causeway-error.js';
import { clientError, noWorker, workflowError } from './errors.js';
import { listPeerings, type ListedPeering } from './list-peerings.js';

/** How long an answer may take: a query waits for a worker that may not be there. */
const ANSWER_WITHIN_MS = 15_000;
/** A check asks AWS, which may itself be what does not answer. */
const CHECK_WITHIN_MS = 30_000;

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
      const wasUnderWay = (await this.#describe(workflowId))?.status.name === 'RUNNING';
      const handle = await this.#temporal.workflow.start(WORKFLOW.provisionPeering, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [request],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `Peering request of ${connectionName(request)}`,
      });
      return { workflowId, runId: handle.firstExecutionRunId, wasUnderWay };
    });
  }

  /** Of the living connection, or else of the request under way, or else of whichever ended last. */
  status(key: ConnectionKey): Promise<PeeringStatus> {
    return this.#ask(connectionName(key), async () => {
      const { workflowId, runId } = await this.#latest(key);
      return this.#temporal.workflow.getHandle(workflowId, runId).query(statusQuery);
    });
  }

  /** Of that very request, also when the same connection was requested again since, or is up by an earlier one. */
  statusOfRequest({
    workflowId,
    runId,
  }: Pick<StartedRequest, 'workflowId' | 'runId'>): Promise<PeeringStatus> {
    return this.#ask(`the request ${workflowId}`, async () => {
      const latest = await this.#describe(workflowId);
      const isSame = latest?.raw.workflowExecutionInfo?.firstRunId === runId;
      return this.#temporal.workflow.getHandle(workflowId, isSame ? latest.runId : runId).query(statusQuery);
    });
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
    const connection = connectionName(key);
    return this.#ask(connection, async () => {
      const living = await this.#describe(maintainWorkflowId(connection));
      if (living?.status.name === 'RUNNING') {
        return this.#temporal.workflow.getHandle(living.workflowId).signal(closeSignal, order);
      }
      const request = await this.#describe(provisionWorkflowId(connection));
      if (request?.status.name === 'RUNNING') {
        throw new CausewayError(
          'NotFound',
          `${connection} is not up yet; \`causeway cancel\` ends its request`,
        );
      }
      if (living === null && request === null) {
        throw new WorkflowNotFoundError('no such connection', maintainWorkflowId(connection), undefined);
      }
      throw new CausewayError(
        'NotFound',
        `${connection} is over already; \`causeway status\` says how it ended`,
      );
    });
  }

  /** A request that became a connection, or is over, takes no signal: say which it is. */
  async #tellRequest(key: ConnectionKey, tell: (workflowId: string) => Promise<void>): Promise<void> {
    const connection = connectionName(key);
    await this.#ask(connection, async () => {
      const request = await this.#describe(provisionWorkflowId(connection));
      if (request?.status.name === 'RUNNING') return tell(request.workflowId);
      const living = await this.#describe(maintainWorkflowId(connection));
      if (living?.status.name === 'RUNNING') {
        throw new CausewayError(
          'AlreadyConnected',
          `${connection} is up already; \`causeway close\` takes it down`,
        );
      }
      if (request === null)
        throw new WorkflowNotFoundError('no such request', provisionWorkflowId(connection), undefined);
      throw new CausewayError(
        'NotFound',
        `the request of ${connection} is over; \`causeway status\` says how it ended`,
      );
    });
  }

  async #latest(key: ConnectionKey): Promise<{ workflowId: string; runId: string }> {
    const connection = connectionName(key);
    const [living, request] = await Promise.all([
      this.#describe(maintainWorkflowId(connection)),
      this.#describe(provisionWorkflowId(connection)),
    ]);
    const running = [living, request].find((described) => described?.status.name === 'RUNNING');
    const latest = [living, request]
      .filter((described) => described !== null)
      .sort((a, b) => endedAt(b) - endedAt(a))[0];
    const chosen = running ?? latest;
    if (chosen === undefined)
      throw new WorkflowNotFoundError('no such connection', provisionWorkflowId(connection), undefined);
    return chosen;
  }

  async #describe(workflowId: string): Promise<WorkflowExecutionDescription | null> {
    try {
      return await this.#temporal.workflow.getHandle(workflowId).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
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

/** By their ends: a second request that was refused while the connection was up began later, and ended earlier. */
function endedAt({ closeTime, startTime }: WorkflowExecutionDescription): number {
  return (closeTime ?? startTime).getTime();
}
