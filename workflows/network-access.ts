import type { AwsActivities } from './activity-proxies.js';
import type { BuiltNetwork, RequestedPeering } from './stages.js';

/**
 * Makes AWS hold exactly what the connection is to have, in whatever order it was changed: everything is added before
 * anything is taken away, so that what stays allowed has no gap.
 *
 * @returns the network as it is then: a part that was gone has been made anew, with another id
 */
export async function ensureAccess(aws: AwsActivities, requested: RequestedPeering): Promise<BuiltNetwork> {
  const { providerRegion: region, owner, network, access, expected, request } = requested;
  const { vpcId, networkAclId, routeTableId } = network;
  await aws.ensureNetworkAclEntries({ region, networkAclId, entries: access.networkAclEntries });
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
  await aws.ensureRoutes({ region, routeTableId, peering: expected });
  if (request.dnsResolution) {
    await aws.ensureDnsResolution({ region, vpcPeeringConnectionId: expected.vpcPeeringConnectionId });
  }
  return { ...network, subnetIds, securityGroupId };
}
