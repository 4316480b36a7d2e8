/** An operator resets a request that has handed its connection over: the living connection is neither replaced nor touched. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { findingsOf } from '../harness/fault-invariants.js';
import { HANG_MS, noteTried } from '../harness/fault-plan.js';
import { latestStatus } from '../harness/fault-questions.js';
import { close, connect, look, tell, untilKept } from '../harness/fault-telling.js';
import { startFaultWorld, type FaultPoint, type FaultWorld } from '../harness/fault-world.js';

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
}, HANG_MS);
afterAll(() => world.stop());

/** Events at which a run can be reset: the completed workflow tasks. */
async function tasksOf({ provisionId }: FaultPoint) {
  const { events } = await world.client.workflow.getHandle(provisionId).fetchHistory();
  return (events ?? []).filter((event) => (event.workflowTaskCompletedEventAttributes ?? null) !== null);
}

/** @returns what the reset run ended with */
async function resetTo(
  { provisionId }: FaultPoint,
  event: Awaited<ReturnType<typeof tasksOf>>[number] | undefined,
): Promise<unknown> {
  const { client } = world;
  const { runId } = await client.workflow.getHandle(provisionId).describe();
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: provisionId, runId },
    workflowTaskFinishEventId: event?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'a test',
  });
  const reset = client.workflow.getHandle(provisionId, answer.runId);
  const error: unknown = await reset.result().catch((reason: unknown) => reason);
  return error instanceof WorkflowFailedError ? error.cause : error;
}

it.each(['early', 'in the middle', 'late'])(
  'a request that is reset %s after it was connected ends as AlreadyConnected',
  async (moment) => {
    const point = await world.newPointIn(0);
    const worker = await world.startWorker(point);
    const telling = tell(world, point);
    await connect(telling);
    await untilKept(telling);
    const tasks = await tasksOf(point);
    const index = { early: 1, 'in the middle': Math.floor(tasks.length / 2), late: tasks.length - 2 }[moment];
    const cause = await resetTo(point, tasks[index ?? 0]);
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: 'AlreadyConnected' });

    const kept = await world.client.workflow.getHandle(point.maintainId).describe();
    expect(kept.status.name).toBe('RUNNING');
    expect(await latestStatus(world.client, point)).toMatchObject({ state: 'active' });
    const { violations } = await findingsOf({
      client: world.client,
      control: world.control,
      points: [point],
    });
    expect(violations).toEqual([]);
    await close(telling);
    await look(telling);
    await worker.stop();
    expect(telling.findings.violations).toEqual([]);
    noteTried({ points: 1, leaked: telling.findings.leaked.length });
  },
  HANG_MS,
);
