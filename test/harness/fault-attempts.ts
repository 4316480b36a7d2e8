/** Whether an attempt of an activity still asks AWS for something when the next one is under way. */
import { activityInfo } from '@temporalio/activity';
import type { OnCommand } from './fault-sites.js';

export interface WatchedAttempts {
  readonly onCommand: OnCommand;
  /** How many attempts were followed by another one. */
  given(): number;
  /** What attempts sent that were given up before, one line each. */
  late(): string[];
}

/** @param then what is done with each call besides */
export function watchAttempts(then: OnCommand): WatchedAttempts {
  const latest = new Map<string, number>();
  const late: string[] = [];
  let given = 0;
  return {
    given: () => given,
    late: () => late,
    onCommand: (action, call, sendings) => {
      const { workflowExecution, activityId, activityType, attempt } = activityInfo();
      const execution = `${workflowExecution?.runId ?? ''}/${activityId}`;
      const before = latest.get(execution) ?? attempt;
      if (attempt < before) {
        late.push(
          `${activityType}: attempt ${attempt.toString()} sent ${action} after attempt ${before.toString()} had begun`,
        );
      }
      if (attempt > before) given += 1;
      latest.set(execution, Math.max(before, attempt));
      return then(action, call, sendings);
    },
  };
}
