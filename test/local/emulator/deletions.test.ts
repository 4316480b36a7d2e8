import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
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

const deleteVpc = (VpcId: string): Promise<string> => codeOf(client.send(new DeleteVpcCommand({ VpcId })));

describe('dry run (7)', () => {
  it('carries nothing out and answers DryRunOperation with status 412', async () => {
    const call = client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/24', DryRun: true }));
    await expect(call).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const { groupId } = await defaultsOf(client, vpcId);
    const rest = [
      client.send(new DeleteVpcCommand({ VpcId: vpcId, DryRun: true })),
      client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25', DryRun: true })),
      client.send(
        new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'a', Value: 'b' }], DryRun: true }),
      ),
      client.send(new DescribeVpcsCommand({ DryRun: true })),
      client.send(new CreateNetworkAclCommand({ VpcId: vpcId, DryRun: true })),
      client.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: groupId,
          IpProtocol: '-1',
          CidrIp: '0.0.0.0/0',
          DryRun: true,
        }),
      ),
    ];
    for (const attempt of rest) expect(await codeOf(attempt)).toBe('DryRunOperation');
    const { regions } = await emulator.control.inventory();
    expect(regions).toHaveLength(1);
    expect(regions[0]).toMatchObject({
      vpcs: [{ vpcId, tags: {} }],
      subnets: [],
      networkAcls: [{ isDefault: true }],
    });
  });
});

describe('dependencies (8)', () => {
  it('keep a VPC while a subnet, an ACL, a route table or a security group of it is left', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const acl = await client.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    expect(await deleteVpc(vpcId)).toBe('DependencyViolation');
    await client.send(new DeleteNetworkAclCommand({ NetworkAclId: acl.NetworkAcl?.NetworkAclId }));

    const group = await client.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'g', Description: 'd' }),
    );
    expect(await deleteVpc(vpcId)).toBe('DependencyViolation');
    await client.send(new DeleteSecurityGroupCommand({ GroupId: group.GroupId }));

    const table = await client.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    expect(await deleteVpc(vpcId)).toBe('DependencyViolation');
    await client.send(new DeleteRouteTableCommand({ RouteTableId: table.RouteTable?.RouteTableId }));

    const subnet = await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
    expect(await deleteVpc(vpcId)).toBe('DependencyViolation');
    await client.send(new DeleteSubnetCommand({ SubnetId: subnet.Subnet?.SubnetId }));

    expect(await deleteVpc(vpcId)).toBe('no error');
    expect(await deleteVpc(vpcId)).toBe('InvalidVpcID.NotFound');
  });

  it('take the main route table, default ACL, default group and all tags along with the VPC', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const { routeTableId, networkAclId, groupId } = await defaultsOf(client, vpcId);
    await client.send(
      new CreateTagsCommand({
        Resources: [vpcId, routeTableId, networkAclId, groupId],
        Tags: [{ Key: 'causeway:run', Value: 'r1' }],
      }),
    );
    const forRun = { Filters: [{ Name: 'key', Values: ['causeway:run'] }] };
    expect((await client.send(new DescribeTagsCommand(forRun))).Tags).toHaveLength(4);
    expect(await deleteVpc(vpcId)).toBe('no error');
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
    expect((await client.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables).toEqual([]);
    expect((await client.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls).toEqual([]);
    expect((await client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups).toEqual([]);
    expect((await client.send(new DescribeTagsCommand(forRun))).Tags ?? []).toEqual([]);
  });

  it('keep what comes with a VPC from being deleted by itself', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const { routeTableId, networkAclId, groupId } = await defaultsOf(client, vpcId);
    expect(await codeOf(client.send(new DeleteRouteTableCommand({ RouteTableId: routeTableId })))).toBe(
      'DependencyViolation',
    );
    expect(await codeOf(client.send(new DeleteNetworkAclCommand({ NetworkAclId: networkAclId })))).toBe(
      'InvalidParameterValue',
    );
    expect(await codeOf(client.send(new DeleteSecurityGroupCommand({ GroupId: groupId })))).toBe(
      'CannotDelete',
    );
  });

  it('keep subnets and groups while a network interface is in them', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const subnet = await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
    const group = await client.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'g', Description: 'd' }),
    );
    const SubnetId = present(subnet.Subnet?.SubnetId);
    const GroupId = present(group.GroupId);
    const made = await client.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId] }));
    const NetworkInterfaceId = present(made.NetworkInterface?.NetworkInterfaceId);
    const found = await client.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(found.NetworkInterfaces?.map((one) => one.NetworkInterfaceId)).toEqual([NetworkInterfaceId]);
    expect(await codeOf(client.send(new DeleteSubnetCommand({ SubnetId })))).toBe('DependencyViolation');
    expect(await codeOf(client.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe(
      'DependencyViolation',
    );
    await client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    await client.send(new DeleteSubnetCommand({ SubnetId }));
    await client.send(new DeleteSecurityGroupCommand({ GroupId }));
    const acls = await client.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(acls.NetworkAcls?.[0]?.Associations ?? []).toEqual([]);
    expect(await deleteVpc(vpcId)).toBe('no error');
  });

  it('keep a group that another group refers to', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    const [first, second] = await Promise.all(
      ['one', 'two'].map((GroupName) =>
        client.send(new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName, Description: 'd' })),
      ),
    );
    await client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: second?.GroupId,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: first?.GroupId }] }],
      }),
    );
    expect(await codeOf(client.send(new DeleteSecurityGroupCommand({ GroupId: first?.GroupId })))).toBe(
      'DependencyViolation',
    );
    await client.send(new DeleteSecurityGroupCommand({ GroupId: second?.GroupId }));
    await client.send(new DeleteSecurityGroupCommand({ GroupId: first?.GroupId }));
  });

  it('leave attributes of the VPC changeable', async () => {
    const vpcId = await createVpc(client, '10.0.0.0/24');
    await client.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
    const { regions } = await emulator.control.inventory();
    expect(regions[0]?.vpcs[0]?.enableDnsHostnames).toBe(true);
  });
});
