import { setTimeout as delay } from 'node:timers/promises';
import { QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { ASKED_TOO_EARLY } from '../contract/messages.js';

const MOST_TRIES = 5;
const PAUSE_MS = 200;

/** Queries a run; a question that crosses news, which the run refuses, is asked again (ADR 0018). */
export async function askRun<Answer, Args extends unknown[]>(
  handle: Pick<WorkflowHandle, 'query'>,
  question: QueryDefinition<Answer, Args>,
  ...args: Args
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await handle.query(question, ...args);
    } catch (error) {
      if (!isTooEarly(error) || tries === MOST_TRIES) throw error;
    }
    await delay(PAUSE_MS);
  }
}

function isTooEarly(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && error.message.includes(ASKED_TOO_EARLY);
}
