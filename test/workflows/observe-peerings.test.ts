import { randomUUID } from 'node:crypto';
import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScheduleHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Observation } from '../../activities/observation.js';
import { provisionWorkflowId, WORKFLOW } from '../../contract/names.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  begin,
  buildVpc,
  CUSTOMER_REGION,
  PROVIDER_REGION,
  requestFrom,
} from '../harness/connection-stages.js';
import { CUSTOMER } from '../harness/emulator.js';
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

type Observe = ActivityWorld['activities']['observeRegion'];

/** A Schedule of the observer that runs when told to, on a worker whose observation is this one. */
async function scheduleFor(observeRegion: Observe): Promise<ScheduleHandle> {
  const id = `observe-${randomUUID()}`;
  await temporal.startWorker(id, { ...world.activities, observeRegion });
  return temporal.client.schedule.create({
    scheduleId: id,
    spec: { intervals: [{ every: '30 days' }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.observePeerings,
      workflowId: id,
      taskQueue: id,
      args: [{ region: PROVIDER_REGION, deployment: 'default' }],
    },
  });
}

/** One look of the Schedule, to its end. */
async function look(schedule: ScheduleHandle): Promise<string> {
  const before = (await schedule.describe()).info.numActionsTaken;
  // The client's default, ALLOW_ALL, would keep Temporal from handing on the last result.
  await schedule.trigger('SKIP');
  return until('the look has ended', async () => {
    const { info } = await schedule.describe();
    const action = info.recentActions.at(-1)?.action;
    if (info.numActionsTaken === before || action === undefined || info.runningActions.length > 0)
      return undefined;
    const { status } = await temporal.client.workflow
      .getHandle(action.workflow.workflowId, action.workflow.firstExecutionRunId)
      .describe();
    return status.name === 'RUNNING' ? undefined : status.name;
  });
}

describe('the observer', () => {
  it('knows what the last look saw, and a failed look forgets nothing', async () => {
    const seen = { 'org-1/vpc-1': 'one digest' };
    const answers: (Observation | Error)[] = [
      seen,
      ApplicationFailure.nonRetryable('AWS is away'),
      { ...seen, 'org-1/vpc-2': 'another' },
      {},
    ];
    const asked: Parameters<Observe>[0][] = [];
    const schedule = await scheduleFor((input) => {
      asked.push(input);
      const answer = answers[asked.length - 1] ?? {};
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
    const ends = [];
    for (let turn = 0; turn <= answers.length; turn += 1) ends.push(await look(schedule));
    expect(ends).toEqual(['COMPLETED', 'FAILED', 'COMPLETED', 'COMPLETED', 'COMPLETED']);
    expect(asked.map(({ previous }) => previous)).toEqual([{}, seen, seen, answers[2], {}]);
    expect(asked.map(({ region, deployment }) => [region, deployment])).toEqual(
      asked.map(() => [PROVIDER_REGION, 'default']),
    );
  });

  it('tells a run what is first seen, what changed and what is gone, and nothing in between', async () => {
    const begun = await begin(world);
    const unique = randomUUID();
    const owner = { ...begun.owner, run: unique, connection: `org-${unique}/${begun.customerVpcId}` };
    const connection = await requestFrom(world, await buildVpc(world, { ...begun, owner }));
    const runId = provisionWorkflowId(owner.connection);
    await temporal.startIdle(runId);
    const schedule = await scheduleFor((input) => world.activities.observeRegion(input));
    const signalsAfterLook = async (): Promise<number> => {
      expect(await look(schedule)).toBe('COMPLETED');
      return (await temporal.signalsOf(runId)).length;
    };

    expect([await signalsAfterLook(), await signalsAfterLook()]).toEqual([1, 1]);
    await accept(world, connection);
    expect([await signalsAfterLook(), await signalsAfterLook()]).toEqual([2, 2]);
    await world.aws.ec2(CUSTOMER, CUSTOMER_REGION).send(
      new DeleteVpcPeeringConnectionCommand({
        VpcPeeringConnectionId: connection.peering.vpcPeeringConnectionId,
      }),
    );
    expect([await signalsAfterLook(), await signalsAfterLook()]).toEqual([3, 3]);
    await world.aws.control.advance(3 * 24 * 3_600);
    expect([await signalsAfterLook(), await signalsAfterLook()]).toEqual([4, 4]);
  });
});
