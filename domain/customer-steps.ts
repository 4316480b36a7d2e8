/** What only the customer can do: said by workflows, and looked for where it is shown. */
const DNS_RESOLUTION = "enable DNS resolution on the accepter's side of the peering for private DNS names";

/** After activation, in one line. */
export function stepsOnCustomersSide(open: {
  providerCidr: string;
  peeringConnectionId: string;
  isDnsMissing: boolean;
}): string {
  const route = `Route ${open.providerCidr} to ${open.peeringConnectionId} in the route tables of the stated subnets, if not done yet`;
  return open.isDnsMissing ? `${route}; ${DNS_RESOLUTION}` : route;
}

export function asksForDnsResolution(steps: string): boolean {
  return steps.includes(DNS_RESOLUTION);
}
