/** Stories in which workers die, one after the other. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisedProcess } from '../../local/processes.js';
import { storyOf, type Outcome } from './fault-play.js';
import { tell, untilOver } from './fault-telling.js';
import type { Death } from './fault-victim.js';
import type { FaultPoint, FaultWorld, WorkerTuning } from './fault-world.js';

/** How a worker dies: by itself at a call, or by our hand when the run's history has so many events. */
export type Killing = Death | EventOfRun;

/** So many events are in the history of the run that asks for the connection, or of the one that keeps it. */
export interface EventOfRun {
  readonly of: 'event';
  readonly run: 'provisionId' | 'maintainId';
  readonly event: number;
}

export const NEVER: Death = { of: 'activity', name: 'none', nth: 1, when: 'before' };
const EVENT_POLL_MS = 10;

/**
 * Plays a story with workers that die, each in the place of the one before, and another in their place from then on.
 *
 * @param killings in the order in which they come; the calls of each worker are counted from its start
 */
export async function playKilled(
  world: FaultWorld,
  story: string,
  { killings, ...heirs }: WorkerTuning & { killings: readonly Killing[] },
): Promise<Outcome & { died: number }> {
  const { play, wanted } = storyOf(story);
  const point = await world.newPoint(wanted);
  const telling = tell(world, point);
  const ending = new AbortController();
  const { signal: ended } = ending;
  const workers: { stop(): Promise<void> }[] = [];
  let died = 0;
  const startVictim = async (killing: Killing): Promise<SupervisedProcess> => {
    const victim = await world.startVictim(point, killing.of === 'event' ? NEVER : killing, heirs);
    workers.push(victim);
    if (killing.of === 'event') void killAtEvent(world, { victim, point, killing, ended });
    return victim;
  };
  const succession = async (): Promise<void> => {
    for (const killing of killings) {
      const { signal } = await (await startVictim(killing)).exited;
      if (ended.aborted) return;
      if (signal === 'SIGKILL') died += 1;
    }
    workers.push(await world.startWorker(point, heirs));
  };
  const succeeding = succession();
  const failed = new Promise<never>((_resolve, reject) => {
    succeeding.catch(reject);
  });
  try {
    await Promise.race([play(telling).then(() => untilOver(telling)), failed]);
  } finally {
    ending.abort();
    await Promise.all(workers.map((worker) => worker.stop()));
    await succeeding.catch(() => undefined);
    // One that was about to start has started meanwhile.
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  return { telling, final: telling.seen.at(-1) ?? 'nothing', died };
}

async function killAtEvent(
  { client }: FaultWorld,
  {
    victim,
    point,
    killing,
    ended,
  }: { victim: SupervisedProcess; point: FaultPoint; killing: EventOfRun; ended: AbortSignal },
): Promise<void> {
  const run = client.workflow.getHandle(point[killing.run]);
  while (!ended.aborted) {
    const seen = await run.describe().catch(() => undefined);
    if ((seen?.historyLength ?? 0) >= killing.event) {
      victim.kill('SIGKILL');
      return;
    }
    await delay(EVENT_POLL_MS);
  }
}
