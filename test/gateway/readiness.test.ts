import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readinessOf, type Readiness } from '../../gateway/readiness.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { until } from '../harness/until.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;
beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

function readiness(taskQueue: string): () => Promise<Readiness> {
  const { connection, options } = temporal.client;
  const { namespace } = options;
  if (!(connection instanceof Connection)) throw new Error('expected a connection of its own');
  return readinessOf({ temporal: temporal.client, connection, namespace, taskQueue });
}

const withoutWorker = {
  ok: false,
  checks: [
    { name: 'namespace', ok: true },
    { name: 'worker', ok: false },
  ],
};

describe('a gateway', () => {
  it('is not ready where a worker asks for work and does none', async () => {
    const taskQueue = `stuck-${randomUUID()}`;
    const isReady = readiness(taskQueue);
    expect(await isReady()).toEqual(withoutWorker);
    // A poller that takes what it is given, and never says anything more.
    const polling = temporal.client
      .withDeadline(Date.now() + 60_000, () =>
        temporal.client.workflowService.pollWorkflowTaskQueue({
          namespace: temporal.client.options.namespace,
          taskQueue: { name: taskQueue },
          identity: 'stuck',
        }),
      )
      .catch(() => undefined);
    const isAsked = (): Promise<true | undefined> =>
      temporal.client.workflow
        .getHandle(`readiness/${taskQueue}`)
        .describe()
        .then(
          () => true,
          () => undefined,
        );
    await until('the worker is asked', async () => {
      expect(await isReady()).toEqual(withoutWorker);
      return isAsked();
    });
    await polling;
  });

  it('is ready once a worker does some, and makes one run of it however often it is asked', async () => {
    const taskQueue = `working-${randomUUID()}`;
    await temporal.startWorker(taskQueue, world.activities);
    const runs = new Set<string>();
    for (let gateway = 0; gateway < 3; gateway += 1) {
      await until('it is ready', async () => ((await readiness(taskQueue)()).ok ? true : undefined));
      runs.add((await temporal.client.workflow.getHandle(`readiness/${taskQueue}`).describe()).runId);
    }
    expect(runs.size).toBe(1);
  });
});
