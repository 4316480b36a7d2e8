import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpnGatewaysCommand,
  paginateDescribeNetworkInterfaces,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { ApplicationFailure } from '@temporalio/common';
import { isOver } from '../domain/lifecycle.js';
import { AwsCallError } from './aws/call-error.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { inVpc } from './aws/tagging.js';
import { failure } from './failure.js';
import { findRouteTables, isMain } from './route.js';
import { findPeerings, statusOf } from './peerings.js';

/** What is in or at a VPC, and keeps it from being deleted. */
interface Kind {
  /** As AWS calls it, in the singular. */
  readonly name: string;
  readonly find: (ec2: Ec2, vpcId: string) => Promise<(string | undefined)[]>;
}

const attachedTo = (vpcId: string) => [{ Name: 'attachment.vpc-id', Values: [vpcId] }];

const GONE = ['deleted', 'failed', 'rejected'];

function isThere({ State = '' }: { State?: string | undefined }): boolean {
  return !GONE.includes(State.toLowerCase());
}

/** Source: Amazon VPC User Guide, "Delete your VPC"; EC2 API Reference, DeleteVpc. */
const KINDS: readonly Kind[] = [
  {
    name: 'route table',
    find: async (ec2, vpcId) =>
      (await findRouteTables(ec2, inVpc(vpcId)))
        .filter((table) => !isMain(table))
        .map(({ RouteTableId }) => RouteTableId),
  },
  {
    name: 'internet gateway',
    find: async ({ read }, vpcId) => {
      const command = new DescribeInternetGatewaysCommand({ Filters: attachedTo(vpcId) });
      const { InternetGateways = [] } = await read.send(command);
      return InternetGateways.map(({ InternetGatewayId }) => InternetGatewayId);
    },
  },
  {
    name: 'egress-only internet gateway',
    find: async ({ read }, vpcId) => {
      const { EgressOnlyInternetGateways = [] } = await read.send(
        new DescribeEgressOnlyInternetGatewaysCommand({}),
      );
      return EgressOnlyInternetGateways.filter(({ Attachments = [] }) =>
        Attachments.some(({ VpcId }) => VpcId === vpcId),
      ).map(({ EgressOnlyInternetGatewayId }) => EgressOnlyInternetGatewayId);
    },
  },
  {
    name: 'virtual private gateway',
    find: async ({ read }, vpcId) => {
      const { VpnGateways = [] } = await read.send(
        new DescribeVpnGatewaysCommand({ Filters: attachedTo(vpcId) }),
      );
      return VpnGateways.filter(({ VpcAttachments = [] }) =>
        VpcAttachments.some(({ VpcId, State }) => VpcId === vpcId && State !== 'detached'),
      ).map(({ VpnGatewayId }) => VpnGatewayId);
    },
  },
  {
    name: 'NAT gateway',
    find: async ({ read }, vpcId) => {
      const { NatGateways = [] } = await read.send(new DescribeNatGatewaysCommand({ Filter: inVpc(vpcId) }));
      return NatGateways.filter(isThere).map(({ NatGatewayId }) => NatGatewayId);
    },
  },
  {
    name: 'VPC endpoint',
    find: async ({ read }, vpcId) => {
      const { VpcEndpoints = [] } = await read.send(
        new DescribeVpcEndpointsCommand({ Filters: inVpc(vpcId) }),
      );
      return VpcEndpoints.filter(isThere).map(({ VpcEndpointId }) => VpcEndpointId);
    },
  },
  {
    name: 'transit gateway attachment',
    find: async ({ read }, vpcId) => {
      const { TransitGatewayVpcAttachments = [] } = await read.send(
        new DescribeTransitGatewayVpcAttachmentsCommand({ Filters: inVpc(vpcId) }),
      );
      return TransitGatewayVpcAttachments.filter(isThere).map(
        ({ TransitGatewayAttachmentId }) => TransitGatewayAttachmentId,
      );
    },
  },
  {
    name: 'peering connection',
    find: async (ec2, vpcId) => {
      const sides = ['requester-vpc-info.vpc-id', 'accepter-vpc-info.vpc-id'];
      const found = await Promise.all(sides.map((Name) => findPeerings(ec2, [{ Name, Values: [vpcId] }])));
      return found
        .flat()
        .filter(
          (peering) =>
            !isOver(statusOf(peering)) &&
            [peering.RequesterVpcInfo?.VpcId, peering.AccepterVpcInfo?.VpcId].includes(vpcId),
        )
        .map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId);
    },
  },
];

/** Each as `internet gateway igw-…`. */
interface Holders {
  holders: string[];
  /** Kinds that could not be read, and why: one missing permission must not hide the others. */
  unread: string[];
}

/**
 * All that holds a VPC but what it is made of.
 *
 * @param except ids that are deleted already
 */
export async function findHolders(ec2: Ec2, vpcId: string, except: readonly string[]): Promise<Holders> {
  const holders: string[] = [];
  const unread: string[] = [];
  await Promise.all(
    KINDS.map(async ({ name, find }) => {
      try {
        const ids = (await find(ec2, vpcId)).filter((id) => id !== undefined && !except.includes(id));
        holders.push(...ids.map((id) => `${name} ${id ?? ''}`));
      } catch (error) {
        if (!(error instanceof AwsCallError)) throw error;
        unread.push(`perhaps a ${name} (${error.message})`);
      }
    }),
  );
  return { holders: holders.sort(), unread: unread.sort() };
}

/** What keeps a VPC from being deleted, to be removed by whoever made it. */
export function heldBy(vpcId: string, what: readonly string[]): ApplicationFailure {
  const names = what.join(', ');
  return failure('ReleaseIncomplete', `${vpcId} holds what Causeway did not make: ${names}`, {
    waitsFor: `removal of ${names}`,
  });
}

/**
 * Interfaces keep subnets and VPC: they are named, for their owner to remove.
 * @throws ApplicationFailure `NetworkInterfacesInUse` for those of connectors, `ReleaseIncomplete` for those that AWS made for
 * something else in the VPC, together with that
 */
export async function refuseWhileInUse(ec2: Ec2, vpcId: string): Promise<void> {
  const interfaces = await findInterfaces(ec2, vpcId);
  if (interfaces.length === 0) return;
  const names = interfaces.map(({ text }) => text);
  if (interfaces.every(({ isAwsOwn }) => isAwsOwn)) {
    const { holders, unread } = await findHolders(ec2, vpcId, []);
    throw heldBy(vpcId, [...holders, ...unread, ...names]);
  }
  throw failure('NetworkInterfacesInUse', `${vpcId} still holds network interfaces: ${names.join(', ')}`, {
    waitsFor: `removal of network interfaces ${names.join(', ')}`,
  });
}

/** A network interface, and whose it is. */
interface HoldingInterface {
  text: string;
  /** AWS made it for something else, such as an endpoint, and takes it away with that. */
  isAwsOwn: boolean;
}

/** Every network interface in the VPC. */
async function findInterfaces(ec2: Ec2, vpcId: string): Promise<HoldingInterface[]> {
  const found: HoldingInterface[] = [];
  const pages = paginateDescribeNetworkInterfaces({ client: ec2.read }, { Filters: inVpc(vpcId) });
  for await (const { NetworkInterfaces = [] } of pages) {
    found.push(...NetworkInterfaces.filter(({ VpcId }) => VpcId === vpcId).map(holdingInterface));
  }
  return found;
}

const PLAIN_TYPES = [undefined, 'interface', 'efa', 'trunk', 'branch'];

function holdingInterface(eni: NetworkInterface): HoldingInterface {
  const { NetworkInterfaceId: id = '?', InterfaceType, RequesterManaged, RequesterId, Description } = eni;
  const isAwsOwn = RequesterManaged === true || !PLAIN_TYPES.includes(InterfaceType);
  const maker = isAwsOwn ? `AWS's own, by ${RequesterId ?? InterfaceType ?? 'a service'}` : undefined;
  const about = [maker, eni.Attachment?.InstanceId, Description].filter(
    (part) => part !== undefined && part !== '',
  );
  return { text: about.length === 0 ? id : `${id} (${about.join(', ')})`, isAwsOwn };
}
