import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tagsOf } from '../../contract/tags.js';
import { startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { buildVpc, PROVIDER_REGION, subnetsInput } from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { providerSide } from '../harness/inventory.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

describe('ensureSubnets', () => {
  it('answers with the ids in the order of the blocks, each tagged in full', async () => {
    const built = await buildVpc(world);
    const input = subnetsInput(built);
    const { subnetIds } = await world.run((activities) =>
      activities.ensureSubnets({ ...input, cidrs: [...input.cidrs].reverse() }),
    );
    const { subnets } = await providerSide(world.aws);
    const byId = subnetIds.map((id) => subnets.find(({ subnetId }) => subnetId === id));
    expect(byId).toMatchObject([
      { cidrBlock: '10.200.0.64/26', tags: tagsOf(built.owner, 'subnet-a') },
      { cidrBlock: '10.200.0.0/26', tags: tagsOf(built.owner, 'subnet-b') },
    ]);
  });

  it('makes none twice when a reply is lost and AWS does not show the subnet at first', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ visibility: { subnet: { describes: 4 } } });
    await world.aws.control.addFault({ action: 'CreateSubnet', kind: 'lost-reply' });
    await world.failureOf((activities) => activities.ensureSubnets(subnetsInput(built)));
    const { subnetIds } = await world.run((activities) => activities.ensureSubnets(subnetsInput(built)), 2);
    const { subnets } = await providerSide(world.aws);
    expect(subnets.map(({ subnetId }) => subnetId)).toEqual(subnetIds);
    expect(new Set(subnets.map(({ availabilityZoneId }) => availabilityZoneId)).size).toBe(2);
  });

  it.each([
    ['stands in the place of one', '10.200.0.64/26', /does not carry this run's tags/],
    ['overlaps one', '10.200.0.64/27', /has 10\.200\.0\.64\/27, wanted was 10\.200\.0\.64\/26/],
  ])('gives up when a subnet of somebody else %s', async (_, cidr, message) => {
    const built = await buildVpc(world);
    const command = new CreateSubnetCommand({ VpcId: built.vpc.vpcId, CidrBlock: cidr });
    const { Subnet } = await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(command);
    const failure = await world.failureOf((activities) => activities.ensureSubnets(subnetsInput(built)));
    expect(failure).toMatchObject({ type: 'ConflictingResource', nonRetryable: false });
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(Subnet?.SubnetId);
  });

  it('tells a vanished VPC from a refusal', async () => {
    const built = await buildVpc(world);
    const input = { ...subnetsInput(built), vpcId: 'vpc-0123456789abcdef0' };
    expect(await world.failureOf((activities) => activities.ensureSubnets(input))).toMatchObject({
      type: 'NotYetConsistent',
      nonRetryable: false,
    });
  });

  it('takes the next zone where AWS makes no new subnets in one', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ closedZones: [`${PROVIDER_REGION}a`] });
    const { subnetIds } = await world.run((activities) => activities.ensureSubnets(subnetsInput(built)));
    const { subnets } = await providerSide(world.aws);
    expect(subnets.map(({ subnetId }) => subnetId).sort()).toEqual([...subnetIds].sort());
    expect(new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size).toBe(2);
  });
});
