import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';

/** How far an activation has come in its run's history. */
interface Point {
  /** Of the last workflow task that was started, seconds and nanoseconds since the epoch. */
  readonly clock: string;
  readonly events: number;
  /** As the last workflow task that was started says, in bytes; 0 from servers that do not tell. */
  readonly bytes: string;
}

let last: Point | undefined;
let isWithheld = false;

/** The server refuses a task that has this command, which has no attributes: the worker forgets the run, and reads it anew. */
const REFUSED_COMMAND = { upsertWorkflowSearchAttributes: {} };

/**
 * Asked on a worker that has not got the run yet, the SDK hands it what came after its last task, too, by the clock of that
 * task, and keeps what follows from it. What the run then does by that clock no replay does again: it would be stuck for
 * good (ADR 0018). So the run does not hear of it: the question is answered as of the last task, and the task that brings
 * the news is done anew from the beginning of the history.
 */
export const staleClock: WorkflowInternalsInterceptor = {
  activate(input, next) {
    const { activation } = input;
    if (!(activation.jobs ?? []).every(({ queryWorkflow }) => queryWorkflow)) {
      const now = pointOf(activation);
      if (last !== undefined && isStale(last, now)) {
        isWithheld = true;
        return;
      }
      last = now;
    }
    next(input);
  },

  concludeActivation(input, next) {
    const output = next(input);
    if (!isWithheld) return output;
    isWithheld = false;
    return { ...output, commands: [...output.commands, REFUSED_COMMAND] };
  },
};

/** More events, and no task that was started since. The size tells it from a server whose clock went back. */
function isStale(before: Point, now: Point): boolean {
  return (
    now.events > before.events &&
    now.clock === before.clock &&
    now.bytes === before.bytes &&
    before.bytes !== '0'
  );
}

function pointOf({ timestamp, historyLength, historySizeBytes }: ActivateInput['activation']): Point {
  return {
    clock: `${timestamp?.seconds?.toString() ?? ''}.${timestamp?.nanos?.toString() ?? ''}`,
    events: historyLength ?? 0,
    bytes: historySizeBytes?.toString() ?? '0',
  };
}
