import type { DnsOption } from '../activities/vpc-peering-connection.js';
import type { AwsActivities } from './activity-proxies.js';
import type { BuiltNetwork, RequestedPeering } from './stages.js';

/** The network as it is then: a part that was gone has been made anew, with another id. */
export interface Opened {
  network: BuiltNetwork;
  /** Null where DNS resolution was not asked for. */
  dnsOption: DnsOption | null;
}

/**
 * Makes AWS hold exactly what the connection is to have, in whatever order it was changed: everything is added before
 * anything is taken away, so that what stays allowed has no gap.
 */
export async function ensureAccess(aws: AwsActivities, requested: RequestedPeering): Promise<Opened> {
  const { providerRegion: region, owner, network, access, expected, request } = requested;
  const { vpcId } = network;
  const { networkAclId } = await aws.ensureNetworkAclEntries({
    region,
    owner,
    vpcId,
    networkAclId: network.networkAclId,
    entries: access.networkAclEntries,
  });
  const { subnetIds } = await aws.ensureSubnets({
    region,
    owner,
    vpcId,
    cidrs: requested.providerSubnetCidrs,
  });
  await aws.associateNetworkAcl({ region, vpcId, networkAclId, subnetIds });
  const { securityGroupId } = await aws.ensureSecurityGroups({
    region,
    owner,
    vpcId,
    egress: access.securityGroupEgress,
  });
  const { routeTableId } = await aws.ensureRoutes({
    region,
    routeTableId: network.routeTableId,
    subnetIds,
    peering: expected,
  });
  const opened = { ...network, networkAclId, subnetIds, securityGroupId, routeTableId };
  if (!request.dnsResolution) return { network: opened, dnsOption: null };
  const { option } = await aws.ensureDnsResolution(peeringIn(requested));
  return { network: opened, dnsOption: option };
}

/** How AWS is asked for the peering of a connection. */
export function peeringIn({
  providerRegion: region,
  expected,
}: Pick<RequestedPeering, 'providerRegion' | 'expected'>): {
  region: string;
  vpcPeeringConnectionId: string;
  vpcId: string;
} {
  const { vpcPeeringConnectionId, requester } = expected;
  return { region, vpcPeeringConnectionId, vpcId: requester.vpcId };
}
