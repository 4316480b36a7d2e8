import { randomUUID } from 'node:crypto';
import {
  AssociateVpcCidrBlockCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { awsTags } from '../../activities/aws/tagging.js';
import type { Observation } from '../../activities/observation.js';
import { maintainWorkflowId, provisionWorkflowId } from '../../contract/names.js';
import { TAG, type Ownership } from '../../contract/tags.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  begin,
  buildVpc,
  connect,
  CUSTOMER_REGION,
  PROVIDER_CIDR,
  PROVIDER_REGION,
  requestFrom,
  type Requested,
} from '../harness/connection-stages.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { DRIFT_CASES } from './drift-cases.js';
import { providerSide } from '../harness/inventory.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;
/** Workflow ids to which no signal gets through. */
const unreachable = new Set<string>();

beforeAll(async () => {
  temporal = await startTemporalWorld();
  const client = new Client({
    connection: temporal.client.connection,
    namespace: temporal.client.options.namespace,
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

    const { connection: name } = connection.owner;
    const first = await observe({});
    expect(Object.keys(first)).toEqual([name]);
    expect(await signals()).toBe(1);
    expect(await observe(first)).toEqual(first);
    expect(await signals()).toBe(1);

    await accept(world, connection);
    const accepted = await observe(first);
    expect(accepted).not.toEqual(first);
    expect(await observe(accepted)).toEqual(accepted);
    expect(await signals()).toBe(2);

    await world.aws
      .ec2(CUSTOMER, CUSTOMER_REGION)
      .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    const deleted = await observe(accepted);
    expect(deleted).not.toEqual(accepted);
    expect(await signals()).toBe(3);

    await world.aws.control.advance(3 * 24 * 3_600);
    const forgotten = await observe(deleted);
    expect(Object.keys(forgotten)).toEqual([name]);
    expect(await signals()).toBe(4);

    await world.run((activities) =>
      activities.releaseNetwork({
        region: PROVIDER_REGION,
        owner: connection.owner,
        inDoubt: false,
        remembered: null,
      }),
    );
    expect(await observe(forgotten)).toEqual({});
    expect(await observe({})).toEqual({});
    expect(await temporal.signalsOf(runId)).toEqual(Array.from({ length: 5 }, () => 'peeringObserved'));
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
    await buildVpc(world, begun);
    expect(Object.keys(await observe({}))).toEqual([begun.owner.connection]);
  });

  it('keeps what was known before, for the next time, when a run cannot be told', async () => {
    const connection = await waitingConnection();
    const other = await waitingConnection();
    unreachable.add(connection.runId);
    const untold = await observe({});
    expect(Object.keys(untold)).toEqual([other.owner.connection]);

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

  it.each([
    'DescribeVpcPeeringConnections',
    'DescribeVpcs',
    'DescribeRouteTables',
    'DescribeNetworkAcls',
    'DescribeSecurityGroups',
  ])('signals nothing and forgets nothing when AWS cannot be read (%s)', async (action) => {
    const { runId } = await waitingConnection();
    await world.aws.control.addFault({
      action,
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

  it.each(Object.entries(DRIFT_CASES).filter(([name]) => !name.startsWith('DNS')))(
    'notices that %s',
    async (_, driftCase) => {
      const connection = await connect(world);
      const before = await observe({});
      await driftCase.tamper(world.aws.ec2(PROVIDER, PROVIDER_REGION), connection, world);
      const after = await observe(before);
      expect(after).not.toEqual(before);
      expect(await observe(after)).toEqual(after);
    },
  );

  it("notices the customer's DNS option, and a block that the customer adds", async () => {
    const connection = await connect(world);
    const customer = world.aws.ec2(CUSTOMER, CUSTOMER_REGION);
    const first = await observe({});
    await customer.send(
      new ModifyVpcAttributeCommand({ VpcId: connection.customerVpcId, EnableDnsHostnames: { Value: true } }),
    );
    await customer.send(
      new ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: connection.peering.vpcPeeringConnectionId,
        AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
      }),
    );
    const second = await observe(first);
    expect(second).not.toEqual(first);
    await customer.send(
      new AssociateVpcCidrBlockCommand({ VpcId: connection.customerVpcId, CidrBlock: '172.30.0.0/16' }),
    );
    expect(await observe(second)).not.toEqual(second);
  });

  it('says of an active connection that it is, though an earlier request of it is over', async () => {
    const connection = await waitingConnection();
    await temporal.startIdle(maintainWorkflowId(connection.owner.connection));
    await world.aws.ec2(CUSTOMER, CUSTOMER_REGION).send(
      new RejectVpcPeeringConnectionCommand({
        VpcPeeringConnectionId: connection.peering.vpcPeeringConnectionId,
      }),
    );
    await requestFrom(world, connection);
    await observe({});
    const { events } = await temporal.client.workflow.getHandle(connection.runId).fetchHistory();
    const input = events?.flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
    );
    expect(String(Buffer.from(input?.[0]?.data ?? []))).toBe('{"status":"pending-acceptance"}');
  });

  it('reads the whole region, in pages, however many there are', async () => {
    const aws = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    const { owner } = await begin(world);
    const ownerOf = (vpcId: string): Ownership => ({ ...owner, connection: `org-1/${vpcId}`, run: vpcId });
    // One more than AWS gives of route tables at once.
    for (let number = 0; number <= 100; number += 1) {
      await aws.send(new CreateVpcCommand({ CidrBlock: PROVIDER_CIDR }));
    }
    const { routeTables } = await providerSide(world.aws);
    for (const { routeTableId, vpcId } of routeTables) {
      const Tags = awsTags(ownerOf(vpcId), 'default');
      await aws.send(new CreateTagsCommand({ Resources: [routeTableId], Tags }));
    }
    await world.aws.control.clearCalls();
    const first = await observe({});
    expect(Object.keys(first)).toHaveLength(101);
    expect(await world.aws.control.calls({ action: 'DescribeRouteTables' })).toHaveLength(2);

    const last = routeTables.reduce((a, b) => (a.routeTableId > b.routeTableId ? a : b));
    const Tags = [{ Key: TAG.role, Value: 'another' }];
    await aws.send(new CreateTagsCommand({ Resources: [last.routeTableId], Tags }));
    const second = await observe(first);
    const changed = Object.keys(second).filter((connection) => second[connection] !== first[connection]);
    expect(changed).toEqual([ownerOf(last.vpcId).connection]);
  });

  it('hands on less than 1 MiB for 10,000 connections, even with the longest names', async () => {
    const connection = await connect(world);
    const [digest = ''] = Object.values(await observe({}));
    const bytes = (organizationLength: number): number => {
      const name = (number: number): string =>
        `${number.toString().padStart(organizationLength, 'o')}/${connection.customerVpcId}`;
      const all = Array.from({ length: 10_000 }, (_, number) => [name(number), digest]);
      return Buffer.byteLength(JSON.stringify(Object.fromEntries(all)));
    };
    const MIB = 1024 * 1024;
    expect(connection.customerVpcId).toHaveLength('vpc-'.length + 17);
    expect(bytes(64)).toBeLessThan(MIB);
    expect(bytes(36)).toBeLessThan(0.75 * MIB);
  });

  it('changes nothing in AWS', async () => {
    await waitingConnection();
    await world.aws.control.clearCalls();
    await observe({});
    expect(await effectsOf(world)).toEqual([]);
  });
});
