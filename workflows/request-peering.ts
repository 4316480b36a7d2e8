import type { BuiltNetwork, PlannedPeering, RequestedPeering, Run } from './stages.js';

/** Asks for the peering; whether AWS takes the request is seen by whoever waits for it. */
export async function requestPeering(
  planned: PlannedPeering,
  network: BuiltNetwork,
  { record, parking }: Run,
): Promise<RequestedPeering> {
  const { request, owner, providerRegion: region, settings } = planned;
  const accepter = { accountId: request.awsAccountId, region: request.region, vpcId: request.vpcId };
  record.move(
    'requesting',
    `asking ${accepter.accountId} for a peering with ${accepter.vpcId} in ${accepter.region}`,
  );

  const observed = await parking.run((aws, mayExist) =>
    aws.ensurePeeringConnection({
      region,
      regions: settings.provider.regions,
      owner,
      vpcId: network.vpcId,
      accepter,
      mayExist,
    }),
  );
  record.requested(observed.vpcPeeringConnectionId, observed.expiresAt);
  return {
    ...planned,
    network,
    dnsRefusedAt: null,
    expected: {
      vpcPeeringConnectionId: observed.vpcPeeringConnectionId,
      requester: { accountId: settings.provider.accountId, region, vpcId: network.vpcId },
      accepter,
      subnetCidrs: request.subnetCidrs,
      expiresAt: observed.expiresAt,
    },
  };
}
