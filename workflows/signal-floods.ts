import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';

/**
 * Of one name, so many signals of an activation reach their handler: the last ones. The SDK spends about a millisecond on
 * each, and an activation that runs past the SDK's limit of 5 s can take the whole worker with it (ADR 0017). Enough for
 * those whose every signal counts: `ended` keeps 20.
 */
export const MOST_AT_ONCE = 25;

const leftOut = new Map<string, number>();

/** How many signals of that name were left out since it was asked last: they count, though nobody read them. */
export function takeLeftOut(signalName: string): number {
  const count = leftOut.get(signalName) ?? 0;
  leftOut.delete(signalName);
  return count;
}

/** What an activation costs does not grow with the signals that have gathered, whoever sent them. */
export const floodBarrier: WorkflowInternalsInterceptor = {
  activate(input, next) {
    const { activation } = input;
    const seen = new Map<string, number>();
    const kept = (activation.jobs ?? []).toReversed().filter(({ signalWorkflow }) => {
      const name = signalWorkflow?.signalName;
      if (typeof name !== 'string') return true;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count <= MOST_AT_ONCE;
    });
    for (const [name, count] of seen) {
      if (count > MOST_AT_ONCE) leftOut.set(name, (leftOut.get(name) ?? 0) + count - MOST_AT_ONCE);
    }
    activation.jobs = kept.toReversed();
    next(input);
  },
};
