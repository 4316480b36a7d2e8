import {
  DescribeVpcPeeringConnectionsCommand,
  paginateDescribeVpcPeeringConnections,
  type Filter,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import type { ObservedPeering, ObservedVpc } from '../domain/acceptance.js';
import { isVpcPeeringStatus, type VpcPeeringStatus } from '../domain/lifecycle.js';
import { isAwsCode } from './aws/call-error.js';
import { LARGEST_PAGE, type Ec2 } from './aws/ec2-clients.js';
import { allOf } from './aws/pages.js';

/** By its id; undefined where AWS shows none. */
export async function findPeering(ec2: Ec2, id: string): Promise<VpcPeeringConnection | undefined> {
  try {
    const { VpcPeeringConnections } = await ec2.read.send(
      new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }),
    );
    return VpcPeeringConnections?.find((peering) => peering.VpcPeeringConnectionId === id);
  } catch (error) {
    if (
      isAwsCode(error, 'InvalidVpcPeeringConnectionID.NotFound', 'InvalidVpcPeeringConnectionId.NotFound')
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Every peering that a filter gives, in pages. */
export async function findPeerings(ec2: Ec2, filters: Filter[]): Promise<VpcPeeringConnection[]> {
  const pages = paginateDescribeVpcPeeringConnections(
    { client: ec2.read, pageSize: LARGEST_PAGE },
    { Filters: filters },
  );
  return allOf(pages, (page) => page.VpcPeeringConnections);
}

/** A status AWS may add one day counts as not settled: nothing is configured or given up on it. */
export function statusOf(peering: VpcPeeringConnection): VpcPeeringStatus {
  const code = peering.Status?.Code ?? '';
  return isVpcPeeringStatus(code) ? code : 'initiating-request';
}

export function observedPeering(peering: VpcPeeringConnection): ObservedPeering {
  return {
    vpcPeeringConnectionId: peering.VpcPeeringConnectionId ?? '',
    status: statusOf(peering),
    statusMessage: peering.Status?.Message ?? '',
    expiresAt: peering.ExpirationTime?.toISOString() ?? null,
    requester: observedVpc(peering.RequesterVpcInfo),
    accepter: observedVpc(peering.AccepterVpcInfo),
  };
}

function observedVpc(info: VpcPeeringConnectionVpcInfo | undefined): ObservedVpc {
  const blocks = (info?.CidrBlockSet ?? []).flatMap(({ CidrBlock }) =>
    CidrBlock === undefined ? [] : [CidrBlock],
  );
  return {
    accountId: info?.OwnerId ?? '',
    region: info?.Region ?? '',
    vpcId: info?.VpcId ?? '',
    cidrs: [...new Set([...(info?.CidrBlock === undefined ? [] : [info.CidrBlock]), ...blocks])],
    allowsDnsResolution: optionOf(info),
  };
}

/** Null where AWS does not show that side's options. */
export function optionOf(info: VpcPeeringConnectionVpcInfo | undefined): boolean | null {
  return info?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc ?? null;
}

/** What is told of a peering that AWS does not show. */
export function absent(vpcPeeringConnectionId: string): ObservedPeering {
  return {
    vpcPeeringConnectionId,
    status: 'absent',
    statusMessage: '',
    expiresAt: null,
    requester: observedVpc(undefined),
    accepter: observedVpc(undefined),
  };
}
