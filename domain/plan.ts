import { NETWORK_ACL_RULES, ownEntriesOf, planAccess, type AccessPlan } from './access/plan-access.js';
import { subnetCidrsOf } from './addresses/blocks.js';
import type { AddressPolicy, NamedBlock } from './addresses/choose-block.js';
import { shardsOf, shardsToRelease } from './addresses/shards.js';
import { durationMs } from './durations.js';
import { chooseProviderRegion, type RegionChoice } from './regions/regions.js';
import type { PeeringRequest } from './request.js';
import { cidrsText } from './request/avoided-cidrs.js';
import type { RunSettings } from './settings.js';

/** The customer's ranges that a provider block must not overlap: the VPC's where declared, always the stated ones, and those used elsewhere. */
export function customerBlocks(request: PeeringRequest): NamedBlock[] {
  return [
    ...request.vpcCidrs.map((cidr) => ({ cidr, why: "the customer's VPC" })),
    ...request.subnetCidrs.map((cidr) => ({ cidr, why: "the customer's subnets" })),
    ...(request.avoidCidrs ?? []).map((cidr) => ({ cidr, why: "used elsewhere in the customer's network" })),
  ];
}

/** Within which pool a connection's block must differ from all others. */
export function poolScopeOf(
  settings: Pick<RunSettings, 'addresses'>,
  request: Pick<PeeringRequest, 'organizationId'>,
): string {
  return settings.addresses.uniqueness === 'global' ? 'global' : request.organizationId;
}

/** Begins the scope of a customer's network; a colon cannot occur in an organization id. */
const CUSTOMER_PREFIX = 'customer:';

/**
 * Of the pool in which all connections to one customer's network have blocks apart, whichever organizations they are of.
 * Null for a name that says no network.
 *
 * @param connection `<organizationId>/<vpcId>`
 */
export function customerScopeOf(connection: string): string | null {
  const [, network] = /^[^/]+\/([^/]+)$/.exec(connection) ?? [];
  return network === undefined ? null : CUSTOMER_PREFIX + network;
}

/** As `customerScopeOf`, and null where one pool for everybody keeps all blocks apart already. */
export function customerScopeBeside(
  { addresses }: Pick<RunSettings, 'addresses'>,
  connection: string,
): string | null {
  return addresses.uniqueness === 'global' ? null : customerScopeOf(connection);
}

export function isCustomerScope(scope: string): boolean {
  return scope.startsWith(CUSTOMER_PREFIX);
}

/** The rules by which blocks are chosen, without what the pools need not know. */
export function addressPolicyOf({ addresses }: Pick<RunSettings, 'addresses'>): AddressPolicy {
  const { preferred, prefixLength, ranges, reserved } = addresses;
  return { preferred, prefixLength, ranges, reserved };
}

/** How a connection's block is given back: to whom, and what to say. */
export interface BlockRelease {
  scope: string;
  shards: (string | null)[];
  /** Where it is given back as well, whatever the configuration says today; null is nowhere. */
  customerScope: string | null;
  order: { holder: string; wasActive: boolean; quarantineMs: number };
}

/** @param block `shard`: where it is, as recorded; undefined where that is not known, then all are told */
export function blockReleaseOf(
  settings: Pick<RunSettings, 'addresses'>,
  block: { poolScope: string; connection: string; shard?: string | null; wasActive: boolean },
): BlockRelease {
  const { sharding, quarantine } = settings.addresses;
  return {
    scope: block.poolScope,
    shards: shardsToRelease(shardsOf(addressPolicyOf(settings), sharding), block.shard),
    customerScope: customerScopeOf(block.connection),
    order: {
      holder: block.connection,
      wasActive: block.wasActive,
      quarantineMs: durationMs(quarantine),
    },
  };
}

/** Entries that a network ACL of the provider's takes in each direction. */
export function mostEntriesOf({ provider }: Pick<RunSettings, 'provider'>): number {
  return ownEntriesOf(provider.quotas?.networkAclRules ?? NETWORK_ACL_RULES.default);
}

/** What the people on both sides should know before they agree. */
export function adviceFor(
  request: PeeringRequest,
  plan: { providerRegion: string; settings: RunSettings },
): string[] {
  const advice: string[] = [];
  if (plan.providerRegion === request.region) {
    advice.push(
      `Use TLS: both VPCs are in ${request.region}, and peering inside one region adds no encryption of its own`,
    );
  } else {
    advice.push(`AWS encrypts the traffic between ${plan.providerRegion} and ${request.region}`);
  }
  if (request.networkGovernance === 'transit-gateway') advice.push(transitGatewayAdvice(plan.settings));
  if (request.vpcCidrs.length === 0) {
    advice.push(
      'State vpcCidrs, all blocks of the VPC: AWS refuses a peering when any of them overlaps the provider’s block',
    );
  }
  if (request.dnsResolution) {
    advice.push(
      'For private DNS names the customer enables DNS resolution on its side of the peering; private hosted zones need an association of their own',
    );
  }
  return advice;
}

const GOVERNED_BY_GATEWAY = "The customer's network is governed with a Transit Gateway";

/** For customers who govern their network with a Transit Gateway. */
export function transitGatewayAdvice(settings: RunSettings): string {
  const { transitGatewayUrl } = settings.provider;
  const where = transitGatewayUrl === null ? 'ask the provider about it' : `see ${transitGatewayUrl}`;
  return `${GOVERNED_BY_GATEWAY}: the Transit Gateway offering fits better, ${where}`;
}

export function isTransitGatewayAdvice(advice: string): boolean {
  return advice.startsWith(GOVERNED_BY_GATEWAY);
}

/** The region of the provider's VPC, by the request's wish or by the round trip. */
export function regionFor(request: PeeringRequest, settings: RunSettings): RegionChoice {
  return chooseProviderRegion({
    customerRegion: request.region,
    candidates: settings.provider.regions,
    requested: request.providerRegion,
    measured: settings.provider.roundTripMs,
  });
}

/** A request with its region and block: what is told of it, and what is built and opened. */
export interface DecidedPlan {
  providerRegion: string;
  providerCidr: string;
  reasons: string[];
  advice: string[];
  /** One for each availability zone. */
  providerSubnetCidrs: string[];
  access: AccessPlan;
}

function avoidedReasons({ avoidCidrs = [] }: PeeringRequest): string[] {
  if (avoidCidrs.length === 0) return [];
  return [`it overlaps none of ${cidrsText(avoidCidrs)}, which the customer's network uses elsewhere`];
}

export function decidePlan(
  request: PeeringRequest,
  settings: RunSettings,
  chosen: { region: RegionChoice; cidr: string; blockReasons: readonly string[] },
): DecidedPlan {
  const providerRegion = chosen.region.region;
  return {
    providerRegion,
    providerCidr: chosen.cidr,
    reasons: [chosen.region.reason, ...chosen.blockReasons, ...avoidedReasons(request)],
    advice: adviceFor(request, { providerRegion, settings }),
    providerSubnetCidrs: subnetCidrsOf(chosen.cidr),
    access: planAccess(request, mostEntriesOf(settings)),
  };
}
