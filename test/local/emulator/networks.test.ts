import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc, defaultsOf, present } from '../../harness/networks.js';

let emulator: TestEmulator;
let client: EC2Client;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});

interface Page {
  readonly ids: (string | undefined)[];
  readonly next: string | undefined;
}
type PageOf = (paging: { MaxResults: number; NextToken?: string }) => Promise<Page>;

/** Sizes of all pages, and how many different ids they had. */
async function walk(pageOf: PageOf): Promise<{ sizes: number[]; different: number }> {
  const sizes: number[] = [];
  const ids = new Set<string | undefined>();
  let next: string | undefined;
  do {
    const page = await pageOf({ MaxResults: 5, ...(next === undefined ? {} : { NextToken: next }) });
    sizes.push(page.ids.length);
    page.ids.forEach((id) => ids.add(id));
    next = page.next;
  } while (next !== undefined);
  return { sizes, different: ids.size };
}

describe('describing in pages (3)', () => {
  it('works for VPCs, route tables, ACLs, groups, subnets and network interfaces', async () => {
    const vpcs = await Promise.all(
      [...Array(7).keys()].map((index) => createVpc(client, `10.${index}.0.0/24`)),
    );
    const vpcId = present(vpcs[0]);
    for (let index = 0; index < 7; index++) {
      await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: `10.0.0.${index * 32}/27` }));
    }
    const Filters = [{ Name: 'vpc-id', Values: vpcs }];
    const { Subnets: subnets } = await client.send(new DescribeSubnetsCommand({ Filters }));
    for (const subnet of subnets ?? []) {
      await client.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet.SubnetId }));
    }
    const walks: Record<string, PageOf> = {
      vpcs: async (paging) => {
        const page = await client.send(new DescribeVpcsCommand({ Filters, ...paging }));
        return { ids: (page.Vpcs ?? []).map((one) => one.VpcId), next: page.NextToken };
      },
      routeTables: async (paging) => {
        const page = await client.send(new DescribeRouteTablesCommand({ Filters, ...paging }));
        return { ids: (page.RouteTables ?? []).map((one) => one.RouteTableId), next: page.NextToken };
      },
      networkAcls: async (paging) => {
        const page = await client.send(new DescribeNetworkAclsCommand({ Filters, ...paging }));
        return { ids: (page.NetworkAcls ?? []).map((one) => one.NetworkAclId), next: page.NextToken };
      },
      securityGroups: async (paging) => {
        const page = await client.send(new DescribeSecurityGroupsCommand({ Filters, ...paging }));
        return { ids: (page.SecurityGroups ?? []).map((one) => one.GroupId), next: page.NextToken };
      },
      subnets: async (paging) => {
        const page = await client.send(new DescribeSubnetsCommand({ Filters, ...paging }));
        return { ids: (page.Subnets ?? []).map((one) => one.SubnetId), next: page.NextToken };
      },
      networkInterfaces: async (paging) => {
        const page = await client.send(new DescribeNetworkInterfacesCommand({ Filters, ...paging }));
        return {
          ids: (page.NetworkInterfaces ?? []).map((one) => one.NetworkInterfaceId),
          next: page.NextToken,
        };
      },
    };
    for (const [what, pageOf] of Object.entries(walks)) {
      expect({ what, ...(await walk(pageOf)) }).toEqual({ what, sizes: [5, 2], different: 7 });
    }
  });

  it('refuses strange tokens, and pages of ids', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    expect(await codeOf(client.send(new DescribeVpcsCommand({ MaxResults: 5, NextToken: 'x' })))).toBe(
      'InvalidNextToken',
    );
    expect(await codeOf(client.send(new DescribeVpcsCommand({ MaxResults: 5, VpcIds: [vpcId] })))).toBe(
      'InvalidParameterCombination',
    );
  });

  it('finds any of several values of a filter, and reads brackets as such', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    await client.send(new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'Name', Value: 'a[1]' }] }));
    await createVpc(client, '10.1.0.0/24');
    const find = async (Name: string, ...Values: string[]): Promise<number> => {
      const { Vpcs: vpcs } = await client.send(new DescribeVpcsCommand({ Filters: [{ Name, Values }] }));
      return vpcs?.length ?? 0;
    };
    expect(await find('tag:Name', 'a[1]')).toBe(1);
    expect(await find('tag:Name', 'a1')).toBe(0);
    expect(await find('tag:Name', 'none', 'a*')).toBe(1);
    expect(await find('cidr-block-association.cidr-block', '10.0.0.0/24', '10.1.0.0/24', '10.2.0.0/24')).toBe(
      2,
    );
  });
});

describe('creating', () => {
  it('gives the same route table and ACL for the same client token', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const other = await createVpc(client, '10.1.0.0/24');
    const table = (VpcId: string) =>
      client.send(new CreateRouteTableCommand({ VpcId, ClientToken: 'token' }));
    const first = await table(vpcId);
    expect((await table(vpcId)).RouteTable?.RouteTableId).toBe(first.RouteTable?.RouteTableId);
    expect(await codeOf(table(other))).toBe('IdempotentParameterMismatch');
    const acl = () => client.send(new CreateNetworkAclCommand({ VpcId: vpcId, ClientToken: 'token' }));
    expect((await acl()).NetworkAcl?.NetworkAclId).toBe((await acl()).NetworkAcl?.NetworkAclId);
    const { regions } = await emulator.control.inventory();
    expect(regions[0]?.routeTables).toHaveLength(3);
    expect(regions[0]?.networkAcls).toHaveLength(3);
  });

  it('keeps subnets within the VPC and apart', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const subnet = (CidrBlock: string): Promise<string> =>
      codeOf(client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock })));
    expect(await subnet('10.0.0.0/25')).toBe('no error');
    expect(await subnet('10.0.0.64/26')).toBe('InvalidSubnet.Conflict');
    expect(await subnet('10.0.1.0/26')).toBe('InvalidSubnet.Range');
    expect(await codeOf(createVpc(client, '10.0.0.0/15'))).toBe('InvalidVpc.Range');
  });

  it('takes ASCII only in names and descriptions of groups, and any text in tags', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const group = (GroupName: string, Description: string): Promise<string> =>
      codeOf(client.send(new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName, Description })));
    expect(await group('Łódź', 'connectors')).toBe('InvalidParameterValue');
    expect(await group('connectors', 'für Müller')).toBe('InvalidParameterValue');
    expect(await group('connectors', 'for <Acme>')).toBe('InvalidParameterValue');
    expect(await group('sg-mine', 'connectors')).toBe('InvalidParameterValue');
    expect(await group('connectors', 'for Acme')).toBe('no error');
    expect(await group('connectors', 'for Acme')).toBe('InvalidGroup.Duplicate');
    const { groupId } = await defaultsOf(client, vpcId);
    const rule = client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 1,
            ToPort: 1,
            IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'Łódź' }],
          },
        ],
      }),
    );
    expect(await codeOf(rule)).toBe('InvalidParameterValue');
    await client.send(new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'Name', Value: 'Łódź' }] }));
    expect((await emulator.control.inventory()).regions[0]?.vpcs[0]?.tags).toEqual({ Name: 'Łódź' });
  });

  it('checks tags: the type they are for, their length, and that the resource exists', async () => {
    const create = (ResourceType: 'vpc' | 'subnet', Value: string): Promise<string> =>
      codeOf(
        client.send(
          new CreateVpcCommand({
            CidrBlock: '10.0.0.0/24',
            TagSpecifications: [{ ResourceType, Tags: [{ Key: 'Name', Value }] }],
          }),
        ),
      );
    expect(await create('subnet', 'x')).toBe('InvalidParameterValue');
    expect(await create('vpc', 'x'.repeat(257))).toBe('InvalidParameterValue');
    expect(await create('vpc', 'x'.repeat(256))).toBe('no error');
    const tag = (id: string): Promise<string> =>
      codeOf(client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })));
    expect(await tag('acl-0123456789abcdef0')).toBe('InvalidNetworkAclID.NotFound');
    expect(await tag('pcx-0123456789abcdef0')).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('makes interfaces only with groups of the same VPC', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const other = await defaultsOf(client, await createVpc(client, '10.1.0.0/24'));
    const subnet = await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
    const make = (group: string): Promise<string> =>
      codeOf(
        client.send(
          new CreateNetworkInterfaceCommand({ SubnetId: subnet.Subnet?.SubnetId, Groups: [group] }),
        ),
      );
    expect(await make('sg-0123456789abcdef0')).toBe('InvalidGroup.NotFound');
    expect(await make(other.groupId)).toBe('InvalidParameter');
    expect(await make((await defaultsOf(client, vpcId)).groupId)).toBe('no error');
  });

  it('gives a VPC a default group that lets its members in, and that can be emptied', async () => {
    const { groupId } = await defaultsOf(client, await createVpc(client, '10.0.0.0/24'));
    const describeGroup = async () => {
      const answer = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      return present(answer.SecurityGroups?.[0]);
    };
    const fresh = await describeGroup();
    expect(fresh.IpPermissions?.map((rule) => rule.UserIdGroupPairs?.map((pair) => pair.GroupId))).toEqual([
      [groupId],
    ]);
    await client.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: fresh.IpPermissions }),
    );
    const rules = await client.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
    );
    expect(rules.SecurityGroupRules).toMatchObject([{ IsEgress: true, CidrIpv4: '0.0.0.0/0' }]);
    await client.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: groupId,
        SecurityGroupRuleIds: [present(rules.SecurityGroupRules?.[0]?.SecurityGroupRuleId)],
      }),
    );
    const emptied = await describeGroup();
    expect([...(emptied.IpPermissions ?? []), ...(emptied.IpPermissionsEgress ?? [])]).toEqual([]);
  });

  it('survives many callers at once', async () => {
    const made = await Promise.all(
      [...Array(40).keys()].map((index) => createVpc(client, `10.${index}.0.0/24`)),
    );
    expect(new Set(made).size).toBe(40);
    const { regions } = await emulator.control.inventory();
    expect(regions[0]?.vpcs).toHaveLength(40);
    expect(regions[0]?.networkAcls).toHaveLength(40);
  });
});
