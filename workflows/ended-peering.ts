import {
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { EarlierEnd, EndedPeering } from '../contract/ended-peering.js';
import { earlierEndsQuery, endedSignal, statusQuery } from '../contract/messages.js';
import { endIn } from './ended-shape.js';
import { ending } from './failure.js';
import { isHistoryLong } from './history-bound.js';
import { PublishedStatus } from './published-status.js';

const MAX_EARLIER = 20;

/**
 * Keeps how a connection ended last, and when it ended before, after Temporal has forgotten the runs themselves: it stays
 * open, costs no timer, and is found by the same search attributes. It never closes by itself; terminating it is how a
 * connection is forgotten.
 *
 * @param first an `EndedPeering` of the connection in its workflow id
 * @param carried the earlier ends, oldest first; only from its own continue-as-new
 * @throws ApplicationFailure `InvalidRequest` when it was started with anything else
 */
export async function endedPeering(first: unknown, carried: EarlierEnd[] = []): Promise<void> {
  const { workflowId } = workflowInfo();
  const end = endIn(first, workflowId);
  if (end === null) throw ending('InvalidRequest', `this is no end of the connection of ${workflowId}`);
  const kept = new KeptEnds(end, carried);
  setHandler(statusQuery, () => kept.last.status);
  setHandler(earlierEndsQuery, () => kept.earlier);
  const told: unknown[] = [];
  setHandler(endedSignal, (next: unknown) => {
    told.push(next);
  });
  await CancellationScope.nonCancellable(async () => {
    do {
      await condition(() => told.length > 0 || isHistoryLong());
      for (const next of told.splice(0)) takeIn(endIn(next, workflowId), kept);
      kept.publish();
    } while (!isHistoryLong());
  });
  await continueAsNew<typeof endedPeering>(kept.last, kept.earlier);
}

function takeIn(end: EndedPeering | null, kept: KeptEnds): void {
  if (end === null) log.warn('ignored an end that cannot be one of this connection');
  else kept.replace(end);
}

class KeptEnds {
  readonly #published = new PublishedStatus();
  #last: EndedPeering;
  #earlier: EarlierEnd[];

  constructor(last: EndedPeering, earlier: EarlierEnd[]) {
    this.#last = last;
    this.#earlier = earlier;
    this.publish();
  }

  get last(): EndedPeering {
    return this.#last;
  }

  /** At most 20, oldest first. */
  get earlier(): EarlierEnd[] {
    return this.#earlier;
  }

  /** The same end may come twice: its first telling may have lost its reply. */
  replace(next: EndedPeering): void {
    const { status, runId } = this.#last;
    if (next.runId === runId || this.#earlier.some((known) => known.runId === next.runId)) return;
    this.#earlier = [...this.#earlier, { state: status.state, at: status.since, runId }].slice(-MAX_EARLIER);
    this.#last = next;
  }

  /** Once for all that an activation brought. */
  publish(): void {
    this.#published.publish(this.#last.status, { isValid: true });
  }
}
