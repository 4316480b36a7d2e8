/**
 * The customer's DNS option of the peering, as far as the provider can tell. `unknown`: AWS does not show it to the provider.
 * `hostnames-off`: the customer's VPC lacks DNS hostnames or DNS support, without which AWS takes neither side's option.
 */
export const CUSTOMER_DNS = ['enabled', 'missing', 'unknown', 'hostnames-off'] as const;

export type CustomerDns = (typeof CUSTOMER_DNS)[number];

/** What is left to the customer of an active connection. */
export interface CustomerSteps {
  /** Its own routes, which the provider cannot see. */
  route: { cidr: string; peeringConnectionId: string };
  /** Null where DNS resolution was not asked for. */
  dns: CustomerDns | null;
}

const DNS_TEXTS: Record<CustomerDns, string | null> = {
  enabled: null,
  missing: "enable DNS resolution on the accepter's side of the peering for private DNS names",
  unknown: "whether DNS resolution is enabled on the accepter's side is unknown: AWS does not show it",
  'hostnames-off':
    "enable DNS hostnames and DNS support in the customer's VPC, and DNS resolution on the accepter's side of the peering, for private DNS names",
};

/** In one line. */
export function customerStepsText({ route, dns }: CustomerSteps): string {
  const routeText = `Route ${route.cidr} to ${route.peeringConnectionId} in the route tables of the stated subnets, if not done yet`;
  const dnsText = dns === null ? null : DNS_TEXTS[dns];
  return dnsText === null ? routeText : `${routeText}; ${dnsText}`;
}
