import { DeleteTagsCommand, DescribeSecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tagsOf } from '../../../contract/tags.js';
import { startActivityWorld, type ActivityWorld } from '../../harness/activity-world.js';
import { connect, driftInput, PROVIDER_REGION, spareInput } from '../../harness/connection-stages.js';
import { PROVIDER } from '../../harness/emulator.js';
import { onlyPeering, providerSide } from '../../harness/inventory.js';

const OPERATORS = { 'cost-centre': '4711', Team: 'Größe' };

let world: ActivityWorld;
beforeAll(async () => {
  world = await startActivityWorld(undefined, { tags: OPERATORS });
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

/** AWS's creating actions that take no tags: what they make is no resource of its own. */
const WITHOUT_TAGS = ['CreateRoute', 'CreateNetworkAclEntry'];

describe("the operator's tags", () => {
  it('are in every call that makes or tags something, for whoever denies creating without them', async () => {
    const connected = await connect(world);
    await world.run((activities) => activities.ensureSpareNetworkAcl(spareInput(connected)));
    const making = (await world.effects()).filter(
      ({ action }) => /^(Create|Authorize)/.test(action) && !WITHOUT_TAGS.includes(action),
    );
    expect([...new Set(making.map(({ action }) => action))].sort()).toEqual([
      'AuthorizeSecurityGroupEgress',
      'CreateNetworkAcl',
      'CreateSecurityGroup',
      'CreateSubnet',
      'CreateTags',
      'CreateVpc',
      'CreateVpcPeeringConnection',
    ]);
    for (const { action, params } of making) {
      for (const text of Object.entries(OPERATORS).flat()) {
        expect({ action, values: Object.values(params) }).toMatchObject({
          values: expect.arrayContaining([text]),
        });
      }
    }
  });

  it('are on all that is made, beside ours, and on the rules of the security group', async () => {
    const { owner, securityGroupId } = await connect(world);
    const { vpcs, subnets, routeTables, networkAcls, securityGroups } = await providerSide(world.aws);
    const made = [...vpcs, ...subnets, ...routeTables, ...networkAcls, ...securityGroups];
    expect(made).toHaveLength(7);
    for (const { tags } of made) expect(tags).toMatchObject(OPERATORS);
    expect(vpcs.map(({ tags }) => tags)).toEqual([{ ...tagsOf(owner, 'vpc'), ...OPERATORS }]);
    const { requester } = await onlyPeering(world.aws);
    expect(requester.tags).toEqual({ ...tagsOf(owner, 'peering'), ...OPERATORS });
    const { SecurityGroupRules = [] } = await world.aws
      .ec2(PROVIDER, PROVIDER_REGION)
      .send(
        new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [securityGroupId] }] }),
      );
    expect(SecurityGroupRules.map(({ Tags }) => Tags)).not.toEqual([]);
    for (const { Tags = [] } of SecurityGroupRules) {
      expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))).toEqual(OPERATORS);
    }
  });

  it('are put back where ours were lost, and are no drift where only they are', async () => {
    const connected = await connect(world);
    const { vpcId } = connected.vpc;
    const ec2 = world.aws.ec2(PROVIDER, PROVIDER_REGION);
    const keys = Object.keys(OPERATORS).map((Key) => ({ Key }));
    const drift = (): Promise<{ drift: string[] }> =>
      world.run((activities) => activities.findDrift(driftInput(connected)));
    const tagsOfVpc = async (): Promise<unknown> => (await providerSide(world.aws)).vpcs[0]?.tags;

    await ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: keys }));
    expect(await drift()).toEqual({ drift: [], beyond: [] });
    await ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'causeway:role' }] }));
    expect((await drift()).drift).toHaveLength(1);
    await world.run((activities) => activities.ensureTagsAndDns(driftInput(connected)));
    expect(await tagsOfVpc()).toEqual({ ...tagsOf(connected.owner, 'vpc'), ...OPERATORS });
  });
});
