import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteTagsCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ownership } from '../../contract/tags.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import {
  begin,
  buildNetwork,
  buildSpare,
  buildVpc,
  connect,
  CUSTOMER_REGION,
  PROVIDER_REGION,
  requestFrom,
  vpcInput,
  type Requested,
  type WithNetwork,
} from '../harness/connection-stages.js';
import { CUSTOMER, PROVIDER } from '../harness/emulator.js';
import { onlyPeering, providerSide, shapeOf } from '../harness/inventory.js';
import { leftovers } from '../../local/leftovers.js';
import { createVpc } from '../harness/networks.js';
import type { Act } from './network-cases.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

const provider = (): ReturnType<typeof world.aws.ec2> => world.aws.ec2(PROVIDER, PROVIDER_REGION);

const release =
  (owner: Ownership, inDoubt = false): Act =>
  (activities) =>
    activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt, remembered: null });

describe('releaseNetwork', () => {
  it('deletes a living connection in dependency order, and names all it deleted', async () => {
    const { owner, vpc, subnetIds, securityGroupId, peering } = await connect(world);
    await world.aws.control.clearCalls();
    const answer = await world.run((activities) =>
      activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null }),
    );
    expect(answer.deleted).toEqual([
      peering.vpcPeeringConnectionId,
      securityGroupId,
      ...subnetIds,
      vpc.vpcId,
    ]);
    const calls = (await world.aws.control.calls({ account: PROVIDER })).filter(({ action }) =>
      action.startsWith('Delete'),
    );
    expect(calls.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'ok'));
    expect(leftovers(await world.aws.control.inventory())).toEqual([]);
  });

  it.each(['CreateVpc', 'CreateSubnet', 'CreateSecurityGroup'])(
    'removes what a lost reply of %s left behind',
    async (action) => {
      const begun = await begin(world);
      await world.aws.control.addFault({ action, kind: 'lost-reply' });
      await expect(buildNetwork(world, begun)).rejects.toMatchObject({ type: 'AwsUnavailable' });
      expect(leftovers(await world.aws.control.inventory())).not.toEqual([]);
      await world.run(release(begun.owner, true));
      expect(leftovers(await world.aws.control.inventory())).toEqual([]);
    },
  );

  it('in doubt, waits for a VPC and a request that AWS does not show at first', async () => {
    const begun = await begin(world);
    await world.aws.control.settings({
      visibility: { vpc: { describes: 3 }, 'vpc-peering-connection': { describes: 3 } },
    });
    await world.aws.control.addFault({ action: 'CreateVpc', kind: 'lost-reply' });
    await world.failureOf((activities) => activities.ensureVpc(vpcInput(begun)));
    await world.run(release(begun.owner, true));
    expect((await providerSide(world.aws)).vpcs).toEqual([]);

    const built = await buildVpc(world, begun);
    await world.aws.control.addFault({ action: 'CreateVpcPeeringConnection', kind: 'lost-reply' });
    await expect(requestFrom(world, built)).rejects.toMatchObject({ type: 'AwsUnavailable' });
    await world.run(release(begun.owner, true));
    expect(leftovers(await world.aws.control.inventory())).toEqual([]);
    expect(await onlyPeering(world.aws)).toMatchObject({ status: 'deleted' });
  });

  it('removes twins', async () => {
    const begun = await begin(world);
    const { vpc } = await buildVpc(world, begun);
    const twin = await createVpc(provider(), '10.200.0.0/25');
    const [shown] = (await providerSide(world.aws)).vpcs;
    const Tags = Object.entries(shown?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    await provider().send(new CreateTagsCommand({ Resources: [twin], Tags }));
    const { deleted } = await world.run((activities) =>
      activities.releaseNetwork({
        region: PROVIDER_REGION,
        owner: begun.owner,
        inDoubt: false,
        remembered: null,
      }),
    );
    expect([...deleted].sort()).toEqual([vpc.vpcId, twin].sort());
    expect((await providerSide(world.aws)).vpcs).toEqual([]);
  });

  it.each([
    ['of another run of the same connection', { run: 'run-2' }],
    ['of another deployment', { deployment: 'staging' }],
  ])('leaves everything %s as it is', async (_, differently) => {
    const { owner } = await connect(world);
    const untagged = await createVpc(provider(), '10.201.0.0/25');
    const before = shapeOf(await world.aws.control.inventory());
    await world.aws.control.clearCalls();
    const other = { ...owner, ...differently };
    expect(await world.run(release(other))).toEqual({ deleted: [], unseen: [] });
    expect(await effectsOf(world)).toEqual([]);
    expect(shapeOf(await world.aws.control.inventory())).toEqual(before);

    await world.run(release(owner));
    expect((await providerSide(world.aws)).vpcs.map(({ vpcId }) => vpcId)).toEqual([untagged]);
  });

  it('names network interfaces in use, leaves the whole network as it is, and goes on once they are gone', async () => {
    const { owner, subnetIds, securityGroupId } = await buildNetwork(world);
    const ids: string[] = [];
    for (const SubnetId of subnetIds) {
      const { NetworkInterface } = await provider().send(
        new CreateNetworkInterfaceCommand({ SubnetId, Groups: [securityGroupId] }),
      );
      ids.push(NetworkInterface?.NetworkInterfaceId ?? '');
    }
    const before = shapeOf(await world.aws.control.inventory());
    await world.aws.control.clearCalls();
    const failure = await world.failureOf(release(owner));
    expect(failure).toMatchObject({ type: 'NetworkInterfacesInUse', nonRetryable: false });
    for (const id of ids) {
      expect(failure.message).toContain(id);
      expect(failure.details?.[0]).toMatchObject({ waitsFor: expect.stringContaining(id) });
    }
    expect(await effectsOf(world)).toEqual([]);
    expect(shapeOf(await world.aws.control.inventory())).toEqual(before);

    for (const NetworkInterfaceId of ids) {
      await provider().send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    }
    await world.run(release(owner), 2);
    expect(leftovers(await world.aws.control.inventory())).toEqual([]);
  });

  it('names what somebody else has put into the VPC, and deletes neither that nor the VPC', async () => {
    const { owner, vpc } = await buildSpare(world);
    const { GroupId } = await provider().send(
      new CreateSecurityGroupCommand({ VpcId: vpc.vpcId, GroupName: 'theirs', Description: 'not ours' }),
    );
    const { NetworkAcl: theirs } = await provider().send(new CreateNetworkAclCommand({ VpcId: vpc.vpcId }));
    await world.aws.control.clearCalls();
    const failure = await world.failureOf(release(owner));
    expect(failure).toMatchObject({ type: 'ReleaseIncomplete' });
    expect(failure.message).toContain(`did not make: ${GroupId ?? '?'}, ${theirs?.NetworkAclId ?? '?'}`);
    expect(await effectsOf(world)).toEqual([]);
  });

  it('leaves a request that is over to AWS, which forgets it', async () => {
    const { owner, peering } = await requestFrom(world, await buildNetwork(world));
    const { vpcPeeringConnectionId: id } = peering;
    await world.aws
      .ec2(CUSTOMER, CUSTOMER_REGION)
      .send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    const { deleted } = await world.run((activities) =>
      activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered: null }),
    );
    expect(deleted).not.toContain(id);
    expect(await world.aws.control.calls({ action: 'DeleteVpcPeeringConnection' })).toEqual([]);
    expect(await onlyPeering(world.aws)).toMatchObject({ status: 'rejected' });
  });

  it('counts as done what goes while it is deleting', async () => {
    const { owner } = await buildNetwork(world);
    for (const [action, code] of [
      ['DeleteSubnet', 'InvalidSubnetID.NotFound'],
      ['DeleteSecurityGroup', 'DependencyViolation'],
      ['DeleteVpc', 'DependencyViolation'],
    ] as const) {
      await world.aws.control.addFault({ action, kind: 'error', code });
    }
    await world.run(release(owner));
    expect(leftovers(await world.aws.control.inventory())).toEqual([]);
  });

  it('is to be tried again while AWS still refuses', async () => {
    const { owner } = await buildVpc(world);
    await world.aws.control.addFault({
      action: 'DeleteVpc',
      kind: 'error',
      code: 'DependencyViolation',
      times: null,
    });
    expect(await world.failureOf(release(owner))).toMatchObject({
      type: 'NotYetConsistent',
      nonRetryable: false,
    });
  });

  it('names whatever holds the VPC, by what AWS calls it', async () => {
    const { owner, vpc } = await buildVpc(world);
    const { vpcId: VpcId } = vpc;
    const { RouteTable } = await provider().send(new CreateRouteTableCommand({ VpcId }));
    const { InternetGateway } = await provider().send(new CreateInternetGatewayCommand({}));
    const { InternetGatewayId } = InternetGateway ?? {};
    await provider().send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
    const failure = await world.failureOf(release(owner));
    expect(failure).toMatchObject({ type: 'ReleaseIncomplete', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({
      waitsFor: `removal of internet gateway ${InternetGatewayId ?? '?'}, route table ${RouteTable?.RouteTableId ?? '?'}`,
    });
    expect((await providerSide(world.aws)).vpcs.map(({ vpcId }) => vpcId)).toEqual([VpcId]);
  });

  describe('of what the run remembers', () => {
    const rememberedOf = ({ vpc, subnetIds, securityGroupId, peering }: WithNetwork & Requested) => ({
      ...vpc,
      subnetIds,
      securityGroupId,
      vpcPeeringConnectionId: peering.vpcPeeringConnectionId,
    });

    it('finds also what has lost its tags, and puts them back before it deletes', async () => {
      const connection = await connect(world);
      const { owner, vpc, subnetIds, securityGroupId, peering } = connection;
      const remembered = rememberedOf(connection);
      await provider().send(
        new DeleteTagsCommand({
          Resources: [vpc.vpcId, ...subnetIds, securityGroupId, peering.vpcPeeringConnectionId],
        }),
      );
      const { deleted, unseen } = await world.run((activities) =>
        activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered }),
      );
      expect(deleted).toContain(vpc.vpcId);
      expect(unseen).toEqual([]);
      expect((await providerSide(world.aws)).vpcs).toEqual([]);
      expect(await onlyPeering(world.aws)).toMatchObject({ status: 'deleted' });
    });

    it('says that nothing of it is shown, which is no success yet', async () => {
      const { owner } = await begin(world);
      const remembered = {
        vpcId: 'vpc-0123456789abcdef0',
        subnetIds: [],
        routeTableId: null,
        networkAclId: null,
        securityGroupId: null,
        vpcPeeringConnectionId: null,
      };
      const answer = await world.run((activities) =>
        activities.releaseNetwork({ region: PROVIDER_REGION, owner, inDoubt: false, remembered }),
      );
      expect(answer).toEqual({ deleted: [], unseen: ['vpc-0123456789abcdef0'] });
    });

    it('says that the VPC is not shown, though its peering is, and deletes it once it is', async () => {
      const connection = await connect(world);
      const { owner, vpc } = connection;
      const input = { region: PROVIDER_REGION, owner, inDoubt: false, remembered: rememberedOf(connection) };
      await world.aws.control.addFault({ action: '*', kind: 'absent', resource: vpc.vpcId, times: null });
      expect(await world.run((activities) => activities.releaseNetwork(input))).toEqual({
        deleted: [connection.peering.vpcPeeringConnectionId],
        unseen: [vpc.vpcId],
      });
      await world.aws.control.clearFaults();
      const { deleted, unseen } = await world.run((activities) => activities.releaseNetwork(input));
      expect(deleted).toContain(vpc.vpcId);
      expect(unseen).toEqual([]);
    });

    it('touches nothing that carries the tags of another run', async () => {
      const connection = await connect(world);
      const owner = { ...connection.owner, run: 'run-2' };
      const failure = await world.failureOf((activities) =>
        activities.releaseNetwork({
          region: PROVIDER_REGION,
          owner,
          inDoubt: false,
          remembered: rememberedOf(connection),
        }),
      );
      expect(failure).toMatchObject({ type: 'ReleaseIncomplete' });
      expect(failure.message).toContain(connection.owner.run);
      expect(await onlyPeering(world.aws)).toMatchObject({ status: 'active' });
    });
  });
});
