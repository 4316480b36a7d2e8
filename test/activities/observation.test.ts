import { randomUUID } from 'node:crypto';
import { DeleteVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import type { Observation } from '../../activities/observation.js';
import { maintainWorkflowId, provisionWorkflowId } from '../../contract/names.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  begin,
  buildVpc,
  CUSTOMER_REGION,
  PROVIDER_REGION,
  requestFrom,
  type Requested,
} from '../harness/connection-stages.js';
import { CUSTOMER } from '../harness/emulator.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;
/** Workflow ids to which no signal gets through. */
const unreachable = new Set<string>();

beforeAll(async () => {
  temporal = await startTemporalWorld();
  const client = new Client({
    connection: temporal.client.connection,
    interceptors: {
      workflow: [
        {
          signal: (input, next) => {
            const { workflowId } = input.workflowExecution;
            return unreachable.has(workflowId) ? Promise.reject(new Error('no way through')) : next(input);
          },
        },
      ],
    },
  });
  world = await startActivityWorld(client);
});
beforeEach(async () => {
  unreachable.clear();
  await world.aws.reset();
});
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

/** A requested connection with an id of its own, and a run that waits for its acceptance. */
async function waitingConnection(deployment = 'default'): Promise<Requested & { runId: string }> {
  const begun = await begin(world);
  const unique = randomUUID();
  const connectionName = `org-${unique}/${begun.customerVpcId}`;
  const owner = { ...begun.owner, deployment, run: unique, connection: connectionName };
  const connection = await requestFrom(world, await buildVpc(world, { ...begun, owner }));
  const runId = provisionWorkflowId(owner.connection);
  await temporal.startIdle(runId);
  return { ...connection, runId };
}

const observe = (previous: Observation): Promise<Observation> =>
  world.run((activities) =>
    activities.observeRegion({ region: PROVIDER_REGION, deployment: 'default', previous }),
  );

describe('observeRegion', () => {
  it('tells a run what is first seen, what changed and what is gone, once each', async () => {
    const connection = await waitingConnection();
    const { runId, peering } = connection;
    const id = peering.vpcPeeringConnectionId;
    const signals = async (): Promise<number> => (await temporal.signalsOf(runId)).length;

    const first = await observe({});
    expect(first).toEqual({
      [id]: {
        connection: connection.owner.connection,
        digest: expect.stringContaining('pending-acceptance'),
      },
    });
    expect(await signals()).toBe(1);
    expect(await observe(first)).toEqual(first);
    expect(await signals()).toBe(1);

    await accept(world, connection);
    const accepted = await observe(first);
    expect(accepted[id]?.digest).toContain('active');
    expect(await observe(accepted)).toEqual(accepted);
    expect(await signals()).toBe(2);

    await world.aws
      .ec2(CUSTOMER, CUSTOMER_REGION)
      .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    const deleted = await observe(accepted);
    expect(deleted[id]?.digest).toBe('deleted');
    expect(await signals()).toBe(3);

    await world.aws.control.advance(3 * 24 * 3_600);
    expect(await observe(deleted)).toEqual({});
    expect(await observe({})).toEqual({});
    expect(await temporal.signalsOf(runId)).toEqual(Array.from({ length: 4 }, () => 'peeringObserved'));
  });

  it('tells both workflows of a connection', async () => {
    const { runId, owner } = await waitingConnection();
    await temporal.startIdle(maintainWorkflowId(owner.connection));
    await observe({});
    expect(await temporal.signalsOf(runId)).toHaveLength(1);
    expect(await temporal.signalsOf(maintainWorkflowId(owner.connection))).toHaveLength(1);
  });

  it('tells only the run whose peering changed', async () => {
    const changing = await waitingConnection();
    const resting = await waitingConnection();
    const first = await observe({});
    expect(Object.keys(first)).toHaveLength(2);
    await accept(world, changing);
    await observe(first);
    expect(await temporal.signalsOf(changing.runId)).toHaveLength(2);
    expect(await temporal.signalsOf(resting.runId)).toHaveLength(1);
  });

  it("is deaf to another deployment's peerings and to those of nobody", async () => {
    const { runId } = await waitingConnection('staging');
    expect(await observe({})).toEqual({});
    expect(await temporal.signalsOf(runId)).toEqual([]);
  });

  it('needs no run: a connection without one counts as told', async () => {
    const begun = await begin(world);
    const { peering } = await requestFrom(world, await buildVpc(world, begun));
    expect(Object.keys(await observe({}))).toEqual([peering.vpcPeeringConnectionId]);
  });

  it('keeps what was known before, for the next time, when a run cannot be told', async () => {
    const connection = await waitingConnection();
    const other = await waitingConnection();
    unreachable.add(connection.runId);
    const untold = await observe({});
    expect(Object.keys(untold)).toEqual([other.peering.vpcPeeringConnectionId]);

    unreachable.clear();
    const told = await observe(untold);
    expect(Object.keys(told)).toHaveLength(2);
    expect(await temporal.signalsOf(connection.runId)).toHaveLength(1);

    await accept(world, connection);
    unreachable.add(connection.runId);
    expect(await observe(told)).toEqual(told);
    unreachable.clear();
    const changed = await observe(told);
    expect(changed).not.toEqual(told);
    expect(await temporal.signalsOf(connection.runId)).toHaveLength(2);
    expect(await temporal.signalsOf(other.runId)).toHaveLength(1);
  });

  it('signals nothing and forgets nothing when AWS cannot be read', async () => {
    const { runId } = await waitingConnection();
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    expect(
      await world.failureOf((activities) =>
        activities.observeRegion({ region: PROVIDER_REGION, deployment: 'default', previous: {} }),
      ),
    ).toMatchObject({ type: 'PermissionMissing', nonRetryable: false });
    expect(await temporal.signalsOf(runId)).toEqual([]);
  });

  it('changes nothing in AWS', async () => {
    await waitingConnection();
    await world.aws.control.clearCalls();
    await observe({});
    expect(await effectsOf(world)).toEqual([]);
  });
});
