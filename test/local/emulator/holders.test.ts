import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcEndpointCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PROVIDER, type TestEmulator } from '../../harness/emulator.js';
import { withEmulator } from '../../harness/with-emulator.js';
import { codeOf, createVpc, defaultsOf, present } from '../../harness/networks.js';

const S3 = 'com.amazonaws.eu-west-1.s3';
let emulator: TestEmulator;
let client: EC2Client;
let vpcId: string;

withEmulator((lent) => {
  emulator = lent;
  client = emulator.ec2(PROVIDER);
});
beforeEach(async () => {
  vpcId = await createVpc(client, '10.0.0.0/24');
});

const deleteVpc = (): Promise<string> => codeOf(client.send(new DeleteVpcCommand({ VpcId: vpcId })));
const deleteSubnet = (SubnetId: string): Promise<string> =>
  codeOf(client.send(new DeleteSubnetCommand({ SubnetId })));
const inVpc = (): { Filters: { Name: string; Values: string[] }[] } => ({
  Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
});

async function createSubnet(): Promise<string> {
  const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/25' }));
  return present(Subnet?.SubnetId);
}

async function interfacesOfVpc(): Promise<readonly NetworkInterface[]> {
  return (await client.send(new DescribeNetworkInterfacesCommand(inVpc()))).NetworkInterfaces ?? [];
}

describe('what holds a VPC', () => {
  it('is a route table that somebody else made', async () => {
    const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    expect(await deleteVpc()).toBe('DependencyViolation');
    expect((await client.send(new DescribeRouteTablesCommand(inVpc()))).RouteTables).toHaveLength(2);
    await client.send(new DeleteRouteTableCommand({ RouteTableId: RouteTable?.RouteTableId }));
    expect(await deleteVpc()).toBe('no error');
  });

  it('is an internet gateway', async () => {
    const { InternetGateway } = await client.send(new CreateInternetGatewayCommand({}));
    const gateway = { InternetGatewayId: InternetGateway?.InternetGatewayId, VpcId: vpcId };
    await client.send(new AttachInternetGatewayCommand(gateway));
    expect(await deleteVpc()).toBe('DependencyViolation');
    const attached = { Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] };
    const { InternetGateways: found } = await client.send(new DescribeInternetGatewaysCommand(attached));
    expect(found?.map((one) => one.InternetGatewayId)).toEqual([gateway.InternetGatewayId]);
    await client.send(new DetachInternetGatewayCommand(gateway));
    expect(await deleteVpc()).toBe('no error');
  });

  it('is a peering with another VPC', async () => {
    const other = await createVpc(client, '10.9.0.0/24');
    const { VpcPeeringConnection: peering } = await client.send(
      new CreateVpcPeeringConnectionCommand({ VpcId: other, PeerVpcId: vpcId }),
    );
    expect(await deleteVpc()).toBe('DependencyViolation');
    const id = { VpcPeeringConnectionId: peering?.VpcPeeringConnectionId };
    await client.send(new DeleteVpcPeeringConnectionCommand(id));
    expect(await deleteVpc()).toBe('no error');
  });

  it('is a gateway endpoint, whose route only it takes away', async () => {
    const { routeTableId } = await defaultsOf(client, vpcId);
    const { VpcEndpoint: endpoint } = await client.send(
      new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: S3, RouteTableIds: [routeTableId] }),
    );
    const endpointId = present(endpoint?.VpcEndpointId);
    expect(await deleteVpc()).toBe('DependencyViolation');
    const { VpcEndpoints: found } = await client.send(new DescribeVpcEndpointsCommand(inVpc()));
    expect(found).toMatchObject([{ VpcEndpointId: endpointId, VpcEndpointType: 'Gateway' }]);

    const routes = async () =>
      (await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }))).RouteTables?.[0]
        ?.Routes;
    const [, route] = present(await routes());
    expect(route).toMatchObject({ GatewayId: endpointId, State: 'active' });
    expect(route?.DestinationPrefixListId).toMatch(/^pl-/);
    const DestinationPrefixListId = route?.DestinationPrefixListId;
    await expect(
      client.send(new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationPrefixListId })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `cannot remove VPC endpoint route ${DestinationPrefixListId} in route table ${routeTableId}`,
    });
    const { regions } = await emulator.control.inventory();
    expect(regions[0]?.routeTables[0]?.routes).toContainEqual({
      destination: DestinationPrefixListId,
      target: endpointId,
      state: 'active',
    });

    await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }));
    expect(await routes()).toHaveLength(1);
    expect(await deleteVpc()).toBe('no error');
  });

  it('is an interface endpoint, with an interface that is AWS’s own', async () => {
    const subnetId = await createSubnet();
    const { groupId } = await defaultsOf(client, vpcId);
    const { VpcEndpoint: endpoint } = await client.send(
      new CreateVpcEndpointCommand({
        VpcId: vpcId,
        VpcEndpointType: 'Interface',
        ServiceName: 'com.amazonaws.eu-west-1.sqs',
        SubnetIds: [subnetId],
        SecurityGroupIds: [groupId],
      }),
    );
    const endpointId = present(endpoint?.VpcEndpointId);
    const interfaces = await interfacesOfVpc();
    expect(interfaces).toMatchObject([
      {
        RequesterManaged: true,
        InterfaceType: 'vpc_endpoint',
        Description: `VPC Endpoint Interface ${endpointId}`,
        Status: 'in-use',
        SubnetId: subnetId,
        Groups: [{ GroupId: groupId }],
      },
    ]);
    await expect(
      client.send(
        new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaces[0]?.NetworkInterfaceId }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Network interface '${interfaces[0]?.NetworkInterfaceId}' is currently in use.`,
    });
    expect([await deleteSubnet(subnetId), await deleteVpc()]).toEqual([
      'DependencyViolation',
      'DependencyViolation',
    ]);
    await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }));
    expect([await deleteSubnet(subnetId), await deleteVpc()]).toEqual(['no error', 'no error']);
  });

  it('is a NAT gateway, with an interface that is AWS’s own', async () => {
    const subnetId = await createSubnet();
    const { NatGateway: gateway } = await client.send(
      new CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: 'private' }),
    );
    const NatGatewayId = present(gateway?.NatGatewayId);
    expect(await interfacesOfVpc()).toMatchObject([
      {
        RequesterManaged: true,
        InterfaceType: 'nat_gateway',
        Description: `Interface for NAT Gateway ${NatGatewayId}`,
      },
    ]);
    const { NatGateways: found } = await client.send(
      new DescribeNatGatewaysCommand({ Filter: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(found).toMatchObject([{ NatGatewayId, State: 'available' }]);
    expect([await deleteSubnet(subnetId), await deleteVpc()]).toEqual([
      'DependencyViolation',
      'DependencyViolation',
    ]);
    await client.send(new DeleteNatGatewayCommand({ NatGatewayId }));
    expect([await deleteSubnet(subnetId), await deleteVpc()]).toEqual(['no error', 'no error']);
  });
});
