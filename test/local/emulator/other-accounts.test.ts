import {
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { CUSTOMER, PROVIDER, type Keys, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { activePeering, codeOf, defaultsOf, describePeering, statusOf } from '../../harness/networks.js';
import { assumeRole } from '../../harness/roles.js';

const STRANGER = '999988887777';
let emulator: TestEmulator;

withEmulator((lent) => {
  emulator = lent;
});

/** What describing everything of a VPC by filter shows, in numbers. */
async function seenByFilter(client: EC2Client, vpcId: string, peeringId: string): Promise<number[]> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const id = [{ Name: 'vpc-peering-connection-id', Values: [peeringId] }];
  const tagged = [{ Name: 'resource-id', Values: [vpcId, peeringId] }];
  return [
    (await client.send(new DescribeVpcsCommand({ Filters }))).Vpcs,
    (await client.send(new DescribeSubnetsCommand({ Filters }))).Subnets,
    (await client.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables,
    (await client.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls,
    (await client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups,
    (await client.send(new DescribeVpcPeeringConnectionsCommand({ Filters: id }))).VpcPeeringConnections,
    (await client.send(new DescribeTagsCommand({ Filters: tagged }))).Tags,
  ].map((found) => found?.length ?? 0);
}

describe('an account that has no part in it', () => {
  const callers: [string, () => Promise<string | Keys>][] = [
    ['with keys of its own', () => Promise.resolve(STRANGER)],
    [
      'through a role of its own that the provider assumes',
      () => assumeRole(emulator, { by: PROVIDER, roleArn: `arn:aws:iam::${STRANGER}:role/observer` }),
    ],
  ];

  it.each(callers)('sees nothing and says who it is, %s', async (_how, keys) => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    expect(await seenByFilter(provider, vpcId, peeringId)).toEqual([1, 0, 1, 1, 1, 1, 0]);
    const caller = await keys();
    const stranger = emulator.ec2(caller);
    expect(await seenByFilter(stranger, vpcId, peeringId)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const identity = await emulator.sts(caller).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(STRANGER);
  });

  it.each(callers)('is told that no id exists, %s', async (_how, keys) => {
    const { provider, vpcId, peeringId } = await activePeering(emulator);
    const { routeTableId, networkAclId, groupId } = await defaultsOf(provider, vpcId);
    const stranger = emulator.ec2(await keys());
    const asked = [
      stranger.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })),
      stranger.send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] })),
      stranger.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [networkAclId] })),
      stranger.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] })),
      stranger.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } })),
    ];
    expect(await Promise.all(asked.map(codeOf))).toEqual([
      'InvalidVpcID.NotFound',
      'InvalidRouteTableID.NotFound',
      'InvalidNetworkAclID.NotFound',
      'InvalidGroup.NotFound',
      'InvalidVpcID.NotFound',
    ]);
    expect(await statusOf(stranger, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });
});

describe('each side of a peering', () => {
  it('sees the peering, and not the other’s VPC', async () => {
    const { provider, customer, vpcId, peerVpcId, peeringId } = await activePeering(emulator);
    expect((await describePeering(customer, peeringId)).RequesterVpcInfo?.OwnerId).toBe(PROVIDER);
    expect((await describePeering(provider, peeringId)).AccepterVpcInfo?.OwnerId).toBe(CUSTOMER);
    const ask = (client: EC2Client, id: string): Promise<string> =>
      codeOf(client.send(new DescribeVpcsCommand({ VpcIds: [id] })));
    expect([await ask(provider, peerVpcId), await ask(customer, vpcId)]).toEqual([
      'InvalidVpcID.NotFound',
      'InvalidVpcID.NotFound',
    ]);
  });

  it('in another region sees nothing of it', async () => {
    const { peeringId } = await activePeering(emulator);
    const elsewhere = emulator.ec2(PROVIDER, 'ap-southeast-2');
    expect(await statusOf(elsewhere, peeringId)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });
});
