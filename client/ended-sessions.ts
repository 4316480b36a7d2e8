import type { Client } from '@temporalio/client';
import { clientError } from './errors.js';
import { describeWorkflow } from './executions.js';

const ANSWER_WITHIN_MS = 5_000;
const SUBJECT = 'the session';
/** Nobody asks for its work: the record does nothing, and times out when it is no longer needed. */
const RECORDS = 'causeway-records';

/**
 * Which sessions of operators were ended before their time, for all gateways at once. Each is a workflow that no worker runs:
 * that there is one with the session's id is all it says, until the session would have ended by itself.
 */
export class EndedSessions {
  readonly #temporal: Client;

  constructor(temporal: Client) {
    this.#temporal = temporal;
  }

  /**
   * @param until ms since the epoch
   * @throws CausewayError `Unreachable`
   */
  async add(id: string, until: number): Promise<void> {
    await this.#ask(() =>
      this.#temporal.workflow.start('endedSession', {
        workflowId: recordId(id),
        taskQueue: RECORDS,
        workflowExecutionTimeout: Math.max(1_000, until - Date.now()),
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  /** @throws CausewayError `Unreachable` */
  async has(id: string): Promise<boolean> {
    return (await this.#ask(() => describeWorkflow(this.#temporal, recordId(id)))) !== null;
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await this.#temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, question);
    } catch (error) {
      throw clientError(error, SUBJECT);
    }
  }
}

function recordId(session: string): string {
  return `ended-session/${session}`;
}
