import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { closeSignal, customerAcceptedSignal, customerDeclinedSignal, statusQuery } from '../contract/messages.js';
import {
  connectionName,
  DEFAULT_TASK_QUEUE,
  maintainWorkflowId,
  provisionWorkflowId,
  WORKFLOW,
  type ConnectionKey,
} from '../contract/names.js';
import type { PeeringPlan } from '../contract/plan.js';
import type { PeeringStatus } from '../contract/status.js';
import type { PeeringState } from '../domain/lifecycle.js';
import { CausewayError, clientError, workflowError } from './errors.js';
import { listPeerings, type ListedPeering } from './list-peerings.js';

/** How long an answer may take: a query waits for a worker that may not be there. */
const ANSWER_WITHIN_MS = 15_000;

export interface StartedRequest {
  workflowId: string;
  runId: string;
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
    return this.#ask('the plan', async () => {
      try {
        return await this.#temporal.workflow.execute<(request: unknown) => Promise<PeeringPlan>>(WORKFLOW.planPeering, {
          workflowId: `plan-peering/${randomUUID()}`,
          taskQueue: this.#taskQueue,
          args: [request],
          workflowExecutionTimeout: ANSWER_WITHIN_MS,
        });
      } catch (error) {
        throw error instanceof WorkflowFailedError ? (workflowError(error.cause) ?? error) : error;
      }
    });
  }

  /** Starts the request, or finds the run that is under way for the same connection. */
  request(request: ConnectionKey & { customerName?: unknown }): Promise<StartedRequest> {
    const workflowId = provisionWorkflowId(connectionName(request));
    return this.#ask(connectionName(request), async () => {
      const handle = await this.#temporal.workflow.start(WORKFLOW.provisionPeering, {
        workflowId,
        taskQueue: this.#taskQueue,
        args: [request],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `Peering request of ${connectionName(request)}`,
      });
      return { workflowId, runId: handle.firstExecutionRunId };
    });
  }

  /** Of the living connection, or else of the request under way, or else of whichever ended last. */
  status(key: ConnectionKey): Promise<PeeringStatus> {
    return this.#ask(connectionName(key), async () => {
      const { workflowId, runId } = await this.#latest(key);
      return this.#temporal.workflow.getHandle(workflowId, runId).query(statusQuery);
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
    return this.#ask(`the connection ${connectionName(key)}`, () =>
      this.#temporal.workflow.getHandle(maintainWorkflowId(connectionName(key))).signal(closeSignal, order),
    );
  }

  /** A request that became a connection, or is over, takes no signal: say which it is. */
  async #tellRequest(key: ConnectionKey, tell: (workflowId: string) => Promise<void>): Promise<void> {
    const connection = connectionName(key);
    await this.#ask(connection, async () => {
      const request = await this.#describe(provisionWorkflowId(connection));
      if (request?.status.name === 'RUNNING') return tell(request.workflowId);
      const living = await this.#describe(maintainWorkflowId(connection));
      if (living?.status.name === 'RUNNING') {
        throw new CausewayError('AlreadyConnected', `${connection} is up already; \`causeway close\` takes it down`);
      }
      if (request === null) throw new WorkflowNotFoundError('no such request', provisionWorkflowId(connection), undefined);
      throw new CausewayError('NotFound', `the request of ${connection} is over; \`causeway status\` says how it ended`);
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
      .sort((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
    const chosen = running ?? latest;
    if (chosen === undefined) throw new WorkflowNotFoundError('no such connection', provisionWorkflowId(connection), undefined);
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

  async #ask<T>(subject: string, question: () => Promise<T>): Promise<T> {
    try {
      return await this.#temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, question);
    } catch (error) {
      throw clientError(error, subject);
    }
  }
}
