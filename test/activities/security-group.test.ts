import { AuthorizeSecurityGroupEgressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tagsOf } from '../../contract/tags.js';
import { planAccess } from '../../domain/access/plan-access.js';
import { effectsOf, startActivityWorld, type ActivityWorld } from '../harness/activity-world.js';
import { buildVpc, PROVIDER_REGION, securityGroupsInput } from '../harness/connection-stages.js';
import { PROVIDER } from '../harness/emulator.js';
import { providerSide } from '../harness/inventory.js';

let world: ActivityWorld;

beforeAll(async () => {
  world = await startActivityWorld();
});
beforeEach(() => world.aws.reset());
afterAll(() => world.aws.stop());

async function connectorsEgress(): Promise<string[]> {
  const { securityGroups } = await providerSide(world.aws);
  return securityGroups
    .filter(({ isDefault }) => !isDefault)
    .flatMap(({ egress }) => egress)
    .map(({ protocol, fromPort, toPort, peer }) => [protocol, fromPort, toPort, peer].join(' '))
    .sort();
}

describe('ensureSecurityGroups', () => {
  it('gives the connectors a tagged group in ASCII, and lets nothing in or out by default', async () => {
    const built = await buildVpc(world);
    const { securityGroupId } = await world.run((activities) =>
      activities.ensureSecurityGroups(securityGroupsInput(built)),
    );
    const { securityGroups } = await providerSide(world.aws);
    const connectors = securityGroups.find(({ groupId }) => groupId === securityGroupId);
    expect(connectors).toMatchObject({ ingress: [], tags: tagsOf(built.owner, 'security-group') });
    expect(`${connectors?.groupName ?? 'é'}${connectors?.description ?? 'é'}`).toMatch(/^[\x20-\x7e]+$/);
    expect(securityGroups.find(({ isDefault }) => isDefault)).toMatchObject({ ingress: [], egress: [] });
  });

  it('allows every kind of agreed egress and nothing else, and follows a change', async () => {
    const built = await buildVpc(world);
    const plans = [
      planAccess({
        subnetCidrs: ['172.31.0.0/20', '192.168.7.0/24'],
        access: [
          { protocol: 'tcp', ports: [{ from: 443, to: 443 }] },
          { protocol: 'udp', ports: [{ from: 53, to: 60 }] },
          { protocol: 'icmp', ports: [] },
        ],
      }),
      planAccess({
        subnetCidrs: ['192.168.7.0/24', '192.168.9.0/24'],
        access: [{ protocol: 'tcp', ports: [{ from: 443, to: 443 }] }],
      }),
    ];
    const wanted = [
      [
        'icmp 8 -1 172.31.0.0/20',
        'icmp 8 -1 192.168.7.0/24',
        'tcp 443 443 172.31.0.0/20',
        'tcp 443 443 192.168.7.0/24',
        'udp 53 60 172.31.0.0/20',
        'udp 53 60 192.168.7.0/24',
      ],
      ['tcp 443 443 192.168.7.0/24', 'tcp 443 443 192.168.9.0/24'],
    ];
    for (const [index, { securityGroupEgress }] of plans.entries()) {
      const input = { ...securityGroupsInput(built), egress: securityGroupEgress };
      await world.run((activities) => activities.ensureSecurityGroups(input));
      expect(await connectorsEgress()).toEqual(wanted[index]);
      await world.aws.control.clearCalls();
      await world.run((activities) => activities.ensureSecurityGroups(input));
      expect(await effectsOf(world)).toEqual([]);
    }
  });

  it('takes away what is let out to another group', async () => {
    const built = await buildVpc(world);
    const { securityGroupId } = await world.run((activities) =>
      activities.ensureSecurityGroups(securityGroupsInput(built)),
    );
    const before = await connectorsEgress();
    const byDefault = (await providerSide(world.aws)).securityGroups.find(({ isDefault }) => isDefault);
    await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: securityGroupId,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: byDefault?.groupId }] }],
      }),
    );
    expect(await connectorsEgress()).not.toEqual(before);
    await world.run((activities) => activities.ensureSecurityGroups(securityGroupsInput(built)));
    expect(await connectorsEgress()).toEqual(before);
  });

  it('makes one group when the reply is lost and AWS does not show it at first', async () => {
    const built = await buildVpc(world);
    await world.aws.control.settings({ visibility: { 'security-group': { describes: 3 } } });
    await world.aws.control.addFault({ action: 'CreateSecurityGroup', kind: 'lost-reply' });
    const ensure = (attempt: number): Promise<unknown> =>
      world.run((activities) => activities.ensureSecurityGroups(securityGroupsInput(built)), attempt);
    await expect(ensure(1)).rejects.toThrow();
    await ensure(2);
    expect((await providerSide(world.aws)).securityGroups).toHaveLength(2);
  });

  it('gives up when a group of that name is not its own', async () => {
    const built = await buildVpc(world);
    await world.aws.ec2(PROVIDER, PROVIDER_REGION).send(
      new CreateSecurityGroupCommand({
        VpcId: built.vpc.vpcId,
        GroupName: 'causeway-connectors',
        Description: 'not ours',
      }),
    );
    const failure = await world.failureOf((activities) =>
      activities.ensureSecurityGroups(securityGroupsInput(built)),
    );
    expect(failure).toMatchObject({ type: 'ConflictingResource', nonRetryable: false });
  });
});
