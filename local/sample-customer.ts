import {
  AcceptVpcPeeringConnectionCommand,
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { credentialsFor } from './emulator.js';

/** A customer's network as it stands before anyone asks for a peering. */
export interface SampleNetwork {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly subnetCidrs: readonly string[];
  /** The route table of both subnets, the customer's own. */
  readonly routeTableId: string;
}

export interface SampleNetworkOptions {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly cidr: string;
  readonly subnetCidrs: readonly string[];
}

/** Acts in an emulated AWS with the customer's own credentials, as the customer would. */
export class SampleCustomer {
  readonly #ec2: EC2Client;

  constructor(
    endpoint: string,
    readonly accountId: string,
    readonly region: string,
  ) {
    this.#ec2 = new EC2Client({ endpoint, region, credentials: credentialsFor(accountId) });
  }

  /** For reading what the customer sees. */
  get ec2(): EC2Client {
    return this.#ec2;
  }

  async createNetwork(wanted: Omit<SampleNetworkOptions, 'accountId' | 'region'>): Promise<SampleNetwork> {
    const tags = (suffix: string): { Key: string; Value: string }[] => [
      { Key: 'Name', Value: `${wanted.name} ${suffix}` },
    ];
    const { Vpc } = await this.#ec2.send(
      new CreateVpcCommand({
        CidrBlock: wanted.cidr,
        TagSpecifications: [{ ResourceType: 'vpc', Tags: tags('VPC') }],
      }),
    );
    const vpcId = Vpc?.VpcId ?? '';
    const { RouteTable } = await this.#ec2.send(
      new CreateRouteTableCommand({
        VpcId: vpcId,
        TagSpecifications: [{ ResourceType: 'route-table', Tags: tags('routes') }],
      }),
    );
    const routeTableId = RouteTable?.RouteTableId ?? '';
    for (const [index, CidrBlock] of wanted.subnetCidrs.entries()) {
      const { Subnet } = await this.#ec2.send(
        new CreateSubnetCommand({
          VpcId: vpcId,
          CidrBlock,
          AvailabilityZone: `${this.region}${index % 2 === 0 ? 'a' : 'b'}`,
          TagSpecifications: [{ ResourceType: 'subnet', Tags: tags(`subnet ${(index + 1).toString()}`) }],
        }),
      );
      await this.#ec2.send(
        new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: Subnet?.SubnetId }),
      );
    }
    const { accountId, region } = this;
    return { accountId, region, vpcId, routeTableId, cidr: wanted.cidr, subnetCidrs: wanted.subnetCidrs };
  }

  /** Accepts in AWS, in its own account and region: nobody else can. */
  async accept(vpcPeeringConnectionId: string): Promise<void> {
    await this.#ec2.send(
      new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: vpcPeeringConnectionId }),
    );
  }

  /** The one route that a customer adds. */
  async addRoute(route: { routeTableId: string; to: string; vpcPeeringConnectionId: string }): Promise<void> {
    await this.#ec2.send(
      new CreateRouteCommand({
        RouteTableId: route.routeTableId,
        DestinationCidrBlock: route.to,
        VpcPeeringConnectionId: route.vpcPeeringConnectionId,
      }),
    );
  }
}
