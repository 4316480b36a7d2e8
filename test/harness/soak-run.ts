/** Carries a soak's plan out: the people, the worker that dies, and one look at all connections a second. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteVpcPeeringConnectionCommand, RejectVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { closeSignal, customerAcceptedSignal, customerDeclinedSignal } from '../../contract/messages.js';
import { WORKFLOW } from '../../contract/names.js';
import { PEERING_CONNECTION_ATTRIBUTE, STATE_ATTRIBUTE } from '../../contract/search-attributes.js';
import { END_STATES } from '../../domain/lifecycle.js';
import { acceptInAws } from './fault-telling.js';
import { NEVER } from './fault-kills.js';
import type { FaultPoint, FaultWorld } from './fault-world.js';
import type { PlannedConnection } from './soak-plan.js';

/** A connection of the plan, as it is played. */
export interface SoakConnection extends PlannedConnection {
  readonly point: FaultPoint;
}

interface Seen {
  readonly state: string;
  readonly peeringId: string;
}

/** What all connections are, by one list a second: a query each would be most of the load. */
export interface Watch {
  /** Of the run that keeps the connection, else of the one that asked for it. */
  of(point: FaultPoint): Seen | undefined;
  until(point: FaultPoint, ...states: string[]): Promise<Seen>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

export function startWatch({ client }: FaultWorld, withinMs: number): Watch {
  let seen = new Map<string, Seen>();
  const stopping = new AbortController();
  const of: Watch['of'] = ({ maintainId, provisionId }) => seen.get(maintainId) ?? seen.get(provisionId);
  const looking = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const now = new Map<string, Seen>();
      // The latest execution of an id comes first.
      for await (const { workflowId, typedSearchAttributes } of client.workflow.list()) {
        const state = typedSearchAttributes.get(STATE_ATTRIBUTE);
        const peeringId = typedSearchAttributes.get(PEERING_CONNECTION_ATTRIBUTE) ?? '';
        if (state !== undefined && !now.has(workflowId)) now.set(workflowId, { state, peeringId });
      }
      seen = now;
      await delay(LOOK_EVERY_MS);
    }
  })();
  return {
    of,
    until: async (point, ...states) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const now = of(point);
        if (now !== undefined && states.includes(now.state)) return now;
        if (now !== undefined && END_STATES.some((end) => end === now.state)) {
          throw new Error(`${point.connection} is ${now.state}, not ${states.join(' or ')}`);
        }
        if (Date.now() > deadline) {
          throw new Error(
            `${point.connection} is still ${now?.state ?? 'unknown'}, not ${states.join(' or ')}`,
          );
        }
        await delay(LOOK_EVERY_MS);
      }
    },
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}

/** One after the other, each killed when the plan says so; the last one stays until `stop`. */
export async function startMortalWorkers(
  world: FaultWorld,
  point: FaultPoint,
  kills: readonly number[],
): Promise<{ died(): number; stop(): Promise<void> }> {
  const timing = { pollEveryMs: 100, settleMs: 2_000, secondLookMs: 500 };
  const start = Date.now();
  let died = 0;
  const stopping = new AbortController();
  let current = await world.startVictim(point, NEVER, { timing });
  const dying = (async (): Promise<void> => {
    for (const at of kills) {
      await delay(Math.max(0, start + at - Date.now()), undefined, { signal: stopping.signal });
      current.kill('SIGKILL');
      if ((await current.exited).signal === 'SIGKILL') died += 1;
      current = await world.startVictim(point, NEVER, { timing });
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    died: () => died,
    stop: async () => {
      stopping.abort();
      await dying;
      await current.stop();
    },
  };
}

/** From the request to where the customer leaves it; forgotten requests and kept connections are ended later. */
export async function playCustomer(
  { client }: FaultWorld,
  watch: Watch,
  { point, behaviour, startsAfter, hesitates }: SoakConnection,
): Promise<void> {
  await delay(startsAfter);
  const asked = await client.workflow.start(WORKFLOW.provisionPeering, {
    taskQueue: point.taskQueue,
    workflowId: point.provisionId,
    args: [point.request],
  });
  if (behaviour === 'is-cancelled') {
    await delay(2 * hesitates);
    await asked.cancel();
    await watch.until(point, 'cancelled');
    return;
  }
  const { peeringId } = await watch.until(point, 'awaiting-acceptance');
  const tells = (): Promise<void> => asked.signal(customerAcceptedSignal, { by: 'alice' });
  await delay(hesitates);
  switch (behaviour) {
    case 'forgets':
      return;
    case 'declines':
      await asked.signal(customerDeclinedSignal, { by: 'alice', reason: 'not now' });
      await watch.until(point, 'declined');
      return;
    case 'rejects-in-aws':
      await point.customer.ec2.send(
        new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }),
      );
      await watch.until(point, 'declined');
      return;
    case 'accepts-after-lies':
      await tells();
      await tells();
      await delay(hesitates);
      break;
    case 'accepts':
    case 'accepts-and-deletes':
    case 'accepts-and-is-closed':
      break;
  }
  await acceptInAws(point, peeringId);
  if (behaviour !== 'accepts') await tells();
  await watch.until(point, 'active');
  const kept = client.workflow.getHandle(point.maintainId);
  await delay(hesitates);
  if (behaviour === 'accepts-and-deletes') {
    await point.customer.ec2.send(
      new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId }),
    );
    await watch.until(point, 'disconnected');
  } else if (behaviour === 'accepts-and-is-closed') {
    await kept.signal(closeSignal, { by: 'bob' });
    await watch.until(point, 'released');
  }
}
