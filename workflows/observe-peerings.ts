import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Observation, ObservationActivities } from '../activities/observation.js';
import { REGULAR_LOOK } from './activity-options.js';

const { observeRegion } = proxyActivities<ObservationActivities>({
  ...REGULAR_LOOK,
  summary: 'what AWS shows of all peerings of the region',
});

/**
 * One look at all that Causeway has in one provider region; the runs of what changed since the last look are told. Its
 * result is what it saw, and the Schedule hands it to the next.
 */
export async function observePeerings(input: { region: string; deployment: string }): Promise<Observation> {
  const previous = observationIn(workflowInfo().lastResult);
  return observeRegion({ ...input, previous });
}

/** Only this workflow's own results come here; anything else counts as nothing seen yet. */
function observationIn(lastResult: unknown): Observation {
  const result: unknown = Array.isArray(lastResult) ? lastResult[0] : lastResult;
  const seen: Observation = {};
  if (typeof result !== 'object' || result === null) return seen;
  for (const [connection, digest] of Object.entries(result) as [string, unknown][]) {
    if (typeof digest === 'string') seen[connection] = digest;
  }
  return seen;
}
