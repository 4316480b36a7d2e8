import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationFailureCategory } from '@temporalio/common';
import { awsTags } from '../../activities/aws/tagging.js';
import { tagsOf } from '../../contract/tags.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { begin, buildVpc, PROVIDER_REGION, vpcInput, type Begun } from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { providerSide } from '../harness/inventory.js';
import { createVpc } from '../harness/networks.js';
import type { Act } from './network-cases.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

const ensure =
  (begun: Begun): Act =>
  (activities) =>
    activities.ensureVpc(vpcInput(begun));

async function vpcIds(): Promise<string[]> {
  return (await providerSide(world.aws)).vpcs.map(({ vpcId }) => vpcId);
}

describe('ensureVpc', () => {
  it('tags the VPC and all that AWS made together with it in full', async () => {
    const { owner, vpc } = await buildVpc(world);
    const { vpcs, routeTables, networkAcls, securityGroups } = await providerSide(world.aws);
    expect(vpcs).toMatchObject([{ vpcId: vpc.vpcId, tags: tagsOf(owner, 'vpc') }]);
    expect(routeTables).toMatchObject([
      { routeTableId: vpc.routeTableId, main: true, tags: tagsOf(owner, 'default') },
    ]);
    expect(networkAcls).toMatchObject([
      { networkAclId: vpc.networkAclId, isDefault: true, tags: tagsOf(owner, 'default') },
    ]);
    expect(securityGroups).toMatchObject([{ isDefault: true, tags: tagsOf(owner, 'default') }]);
    const calls = await world.aws.control.calls({ action: 'CreateTags', account: PROVIDER });
    expect(calls).toHaveLength(1);
  });

  it('waits until AWS shows what it made', async () => {
    await world.aws.control.settings({
      visibility: {
        vpc: { describes: 3 },
        'route-table': { describes: 2 },
        'network-acl': { describes: 2 },
        'security-group': { describes: 2 },
      },
    });
    const { vpc } = await buildVpc(world);
    expect(await vpcIds()).toEqual([vpc.vpcId]);
  });

  it.each([
    ['a repeated attempt', 2, false],
    ['a parked run that begins anew', 1, true],
  ])(
    'finds the VPC of a lost reply although AWS does not show it at first: %s',
    async (_, attempt, mayExist) => {
      const begun = await begin(world);
      await world.aws.control.settings({ visibility: { vpc: { describes: 4 } } });
      await world.aws.control.addFault({ action: 'CreateVpc', kind: 'lost-reply' });
      await world.failureOf(ensure(begun));
      const { vpcId } = await world.run(
        (activities) => activities.ensureVpc({ ...vpcInput(begun), mayExist }),
        attempt,
      );
      expect(await vpcIds()).toEqual([vpcId]);
      expect(await world.aws.control.calls({ action: 'CreateVpc', account: PROVIDER })).toHaveLength(1);
    },
  );

  it('says that it is not shown yet, to be tried again, when AWS takes longer', async () => {
    const begun = await begin(world);
    await world.aws.control.settings({ visibility: { vpc: { describes: 1_000 } } });
    expect(await world.failureOf(ensure(begun))).toMatchObject({
      type: 'NotYetConsistent',
      nonRetryable: false,
      category: ApplicationFailureCategory.BENIGN,
    });
  });

  it('keeps the lowest id of twins', async () => {
    const begun = await begin(world);
    for (let twin = 0; twin < 3; twin++) {
      await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(
        new CreateVpcCommand({
          CidrBlock: vpcInput(begun).cidr,
          TagSpecifications: [{ ResourceType: 'vpc', Tags: awsTags(begun.owner, 'vpc') }],
        }),
      );
    }
    const twins = await vpcIds();
    const { vpcId } = await world.run((activities) => activities.ensureVpc(vpcInput(begun)));
    expect(vpcId).toBe([...twins].sort()[0]);
    expect(await vpcIds()).toEqual([vpcId]);
  });

  it("neither takes nor touches the VPC of another run, of another deployment, or of nobody's", async () => {
    const begun = await begin(world);
    const others = [
      await buildVpc(world, { ...begun, owner: { ...begun.owner, run: 'run-0' } }),
      await buildVpc(world, { ...begun, owner: { ...begun.owner, deployment: 'staging' } }),
    ].map(({ vpc }) => vpc.vpcId);
    const untagged = await createVpc(world.aws.ec2(PROVIDER, PROVIDER_REGION), vpcInput(begun).cidr);
    const before = await providerSide(world.aws);

    const { vpc } = await buildVpc(world, begun);
    expect((await vpcIds()).sort()).toEqual([...others, untagged, vpc.vpcId].sort());
    const after = await providerSide(world.aws);
    expect(after.vpcs.filter(({ vpcId }) => vpcId !== vpc.vpcId)).toEqual(before.vpcs);
  });

  it('gives up, and deletes nothing, when its VPC has another block', async () => {
    const { vpc, ...begun } = await buildVpc(world);
    await world.aws.control.clearCalls();
    const failure = await world.failureOf((activities) =>
      activities.ensureVpc({ ...vpcInput(begun), cidr: '10.200.1.0/25' }),
    );
    expect(failure).toMatchObject({ type: 'ConflictingResource', nonRetryable: false });
    expect(failure.message).toContain(`${vpc.vpcId} has 10.200.0.0/25, wanted was 10.200.1.0/25`);
    expect(await effectsOf(world)).toEqual([]);
  });

  it('names the quota it waits for, and goes on when there is room', async () => {
    const begun = await begin(world);
    const room = { vpcsPerRegion: (await withDefaultVpcs()) + 1 };
    await world.aws.control.settings({ quotas: { vpcsPerRegion: room.vpcsPerRegion - 1 } });
    const failure = await world.failureOf(ensure(begun));
    expect(failure).toMatchObject({ type: 'QuotaExceeded', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({
      waitsFor: 'VPCs per Region',
      awsCode: 'VpcLimitExceeded',
      region: PROVIDER_REGION,
    });
    await world.aws.control.settings({ quotas: room });
    await world.run(ensure(begun), 2);
    expect(await vpcIds()).toHaveLength(1);
  });
});

/** AWS's own default VPC counts too. */
async function withDefaultVpcs(): Promise<number> {
  const { regions } = await world.aws.control.inventory({ withDefaults: true });
  const own = regions.find(({ account, region }) => account === PROVIDER && region === PROVIDER_REGION);
  return own?.vpcs.length ?? 1;
}
