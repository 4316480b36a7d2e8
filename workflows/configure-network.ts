import type { NextStep } from '../contract/status.js';
import type { ObservedPeering } from '../domain/acceptance.js';
import { stepsOnCustomersSide } from '../domain/customer-steps.js';
import { ensureAccess } from './network-access.js';
import type { Acting, RequestedPeering } from './stages.js';

/**
 * After acceptance: exactly what was agreed, rules before routes. The rules stand since the network was built, but days may
 * have gone by, and hands may have been at them.
 */
export async function configureNetwork(
  requested: RequestedPeering,
  { record, parking }: Acting,
): Promise<RequestedPeering> {
  const { providerRegion: region, expected, request } = requested;
  const { vpcPeeringConnectionId } = expected;
  record.move('configuring', `AWS shows ${vpcPeeringConnectionId} as accepted by the right account and VPC`);

  const network = await parking.run((aws) => ensureAccess(aws, requested));
  record.built(network);
  record.note(`routes to ${request.subnetCidrs.join(', ')} lead to ${vpcPeeringConnectionId}`);
  const observed = await parking.run((aws) =>
    aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
  );
  record.move('active', 'the connection is up', stepAfterActivation(requested, observed));
  return { ...requested, network };
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
