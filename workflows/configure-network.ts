import type { ObservedPeering } from '../domain/acceptance.js';
import type { CustomerDns, CustomerSteps } from '../domain/customer-steps.js';
import type { FailureCode } from '../domain/failures.js';
import { causeOf } from './failure.js';
import { ensureAccess, peeringIn, type Opened } from './network-access.js';
import type { Acting, RequestedPeering } from './stages.js';

/** What a step says of the peering is judged in one place: by whoever waits for it. */
const LOOK_AGAIN: readonly FailureCode[] = ['PeeringDisconnected', 'AcceptanceMismatch'];

/**
 * After acceptance: exactly what was agreed, rules before routes. The rules stand since the network was built, but days may
 * have gone by, and hands may have been at them.
 *
 * @returns null where a step found the peering other than it was: it is to be looked at again
 */
export async function configureNetwork(
  requested: RequestedPeering,
  { record, parking }: Acting,
): Promise<RequestedPeering | null> {
  const { expected, request } = requested;
  const { vpcPeeringConnectionId } = expected;
  record.move('configuring', `AWS shows ${vpcPeeringConnectionId} as accepted by the right account and VPC`);

  let opened: Opened;
  try {
    opened = await parking.run((aws) => ensureAccess(aws, requested));
  } catch (error) {
    const { code, message } = causeOf(error);
    if (!LOOK_AGAIN.includes(code)) throw error;
    record.note(`not configured: ${message}`);
    return null;
  }
  record.built(opened.network);
  record.note(`routes to ${request.subnetCidrs.join(', ')} lead to ${vpcPeeringConnectionId}`);
  const observed = await parking.run((aws) => aws.describePeeringConnection(peeringIn(requested)));
  const configured = withOpened(requested, opened);
  record.move('active', 'the connection is up');
  record.customerSteps(stepsLeft(configured, observed));
  return configured;
}

/** The connection as it is once its access is open. */
export function withOpened(requested: RequestedPeering, { network, dnsOption }: Opened): RequestedPeering {
  const dnsRefusedAt = dnsOption === 'hostnames-off' ? new Date().toISOString() : null;
  return { ...requested, network, dnsRefusedAt };
}

/** What only the customer can do, and we cannot see: its own route, and its own DNS option. */
export function stepsLeft(
  { request, expected, providerCidr, dnsRefusedAt }: RequestedPeering,
  observed: ObservedPeering,
): CustomerSteps {
  return {
    route: { cidr: providerCidr, peeringConnectionId: expected.vpcPeeringConnectionId },
    dns: request.dnsResolution ? customerDns(observed, { isRefused: dnsRefusedAt !== null }) : null,
  };
}

function customerDns({ accepter }: ObservedPeering, { isRefused }: { isRefused: boolean }): CustomerDns {
  if (isRefused) return 'hostnames-off';
  switch (accepter.allowsDnsResolution) {
    case true:
      return 'enabled';
    case false:
      return 'missing';
    case null:
      return 'unknown';
  }
}
