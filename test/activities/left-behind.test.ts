/** A request that an earlier run of the connection left behind, and what a new one does about it. */
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { maintainWorkflowId, OWNED_RUN_MEMO, provisionWorkflowId } from '../../contract/names.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  accept,
  buildVpc,
  peeringInput,
  PROVIDER_REGION,
  requestFrom,
  type Requested,
  type WithVpc,
} from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { startTemporalWorld, type TemporalWorld } from '../harness/temporal-world.js';

let temporal: TemporalWorld;
let world: ActivityWorld;

beforeAll(async () => {
  temporal = await startTemporalWorld();
  world = await startActivityWorld(temporal.client);
});
beforeEach(() => world.aws.reset());
afterAll(async () => {
  await temporal.stop();
  await world.aws.stop();
});

/** The next run of the same connection, with a VPC of its own. */
function nextRun({ customerVpcId, owner }: WithVpc): Promise<WithVpc> {
  return buildVpc(world, { customerVpcId, owner: { ...owner, run: 'run-2' } });
}

const statusesOf = async ({ peering }: Requested): Promise<string[]> =>
  (await world.aws.control.inventory()).peerings
    .filter(({ vpcPeeringConnectionId: id }) => id === peering.vpcPeeringConnectionId)
    .map(({ status }) => status);

describe('a pending request of a run that nobody has open any more', () => {
  it('is withdrawn before the customer is asked anew', async () => {
    const earlier = await requestFrom(world, await buildVpc(world));
    const again = await requestFrom(world, await nextRun(earlier));
    expect(await statusesOf(earlier)).toEqual(['deleted']);
    expect(again.peering.status).toBe('pending-acceptance');
    expect(again.peering.vpcPeeringConnectionId).not.toBe(earlier.peering.vpcPeeringConnectionId);
  });

  it('is withdrawn in whichever of the regions it was made, and one that does not answer is passed over', async () => {
    const earlier = await requestFrom(world, await buildVpc(world));
    const regions = ['us-east-1', 'ap-southeast-2', PROVIDER_REGION];
    await world.aws.control.addFault({
      action: 'DescribeVpcPeeringConnections',
      region: 'ap-southeast-2',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    const vpcId = (
      await world.aws.ec2(PROVIDER, 'us-east-1').send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/24' }))
    ).Vpc?.VpcId;
    const built = { ...earlier, owner: { ...earlier.owner, run: 'run-2' } };
    await world.run((activities) =>
      activities.ensurePeeringConnection({
        ...peeringInput(built),
        region: 'us-east-1',
        regions,
        vpcId: vpcId ?? '',
      }),
    );
    expect(await statusesOf(earlier)).toEqual(['deleted']);
  });

  it('is named and left, once the customer has accepted it', async () => {
    const earlier = await requestFrom(world, await buildVpc(world));
    await accept(world, earlier);
    const built = await nextRun(earlier);
    const failure = await world.failureOf((activities) =>
      activities.ensurePeeringConnection(peeringInput(built)),
    );
    expect(failure).toMatchObject({ type: 'ConflictingResource' });
    expect(failure.message).toContain(earlier.peering.vpcPeeringConnectionId);
    expect(await statusesOf(earlier)).toEqual(['active']);
  });

  it('is left while an open workflow keeps what its run made', async () => {
    const earlier = await requestFrom(world, await buildVpc(world));
    const { connection, run } = earlier.owner;
    await temporal.client.workflow.start('anything', {
      workflowId: maintainWorkflowId(connection),
      memo: { [OWNED_RUN_MEMO]: run },
      taskQueue: 'nobody',
    });
    const built = await nextRun(earlier);
    const failure = await world.failureOf((activities) =>
      activities.ensurePeeringConnection(peeringInput(built)),
    );
    expect(failure).toMatchObject({ type: 'ConflictingResource' });
    expect(await statusesOf(earlier)).toEqual(['pending-acceptance']);
  });
});

describe('isKept', () => {
  it('is whether maintainPeering is open, whichever run it keeps', async () => {
    const connection = 'org-9/vpc-0123456789abcdef0';
    const isKept = (): Promise<boolean> => world.run((activities) => activities.isKept({ connection }));
    await temporal.startIdle(provisionWorkflowId(connection));
    expect(await isKept()).toBe(false);
    await temporal.client.workflow.start('anything', {
      workflowId: maintainWorkflowId(connection),
      memo: { [OWNED_RUN_MEMO]: 'run-1' },
      taskQueue: 'nobody',
    });
    expect(await isKept()).toBe(true);
  });
});
