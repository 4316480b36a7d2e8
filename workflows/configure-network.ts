import type { NextStep } from '../contract/status.js';
import type { ObservedPeering } from '../domain/acceptance.js';
import { stepsOnCustomersSide } from '../domain/customer-steps.js';
import { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

/** After acceptance: the provider's DNS option, then exactly the agreed routes; the rules stand already. */
export async function configureNetwork(requested: RequestedPeering, record: PeeringRecord): Promise<void> {
  const { providerRegion: region, network, expected, request } = requested;
  const { vpcPeeringConnectionId } = expected;
  const parking = new ParkingLot(record, requested.settings.acceptance.observeEvery);
  record.move('configuring', `AWS shows ${vpcPeeringConnectionId} as accepted by the right account and VPC`);

  await parking.run((aws) =>
    aws.ensureRoutes({ region, routeTableId: network.routeTableId, peering: expected }),
  );
  record.note(`routes to ${request.subnetCidrs.join(', ')} lead to ${vpcPeeringConnectionId}`);
  const observed = await parking.run((aws) =>
    request.dnsResolution
      ? aws.ensureDnsResolution({ region, vpcPeeringConnectionId })
      : aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
  );
  record.move('active', 'the connection is up', stepAfterActivation(requested, observed));
}

/** What only the customer can do, and we cannot see: its own route, and its own DNS option. */
export function stepAfterActivation(
  { request, expected, providerCidr }: RequestedPeering,
  observed: ObservedPeering,
): NextStep {
  const what = stepsOnCustomersSide({
    providerCidr,
    peeringConnectionId: expected.vpcPeeringConnectionId,
    isDnsMissing: request.dnsResolution && !observed.accepter.allowsDnsResolution,
  });
  return { who: 'customer', what };
}
