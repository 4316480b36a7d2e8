import {
  NETWORK_ACL_RULES,
  ownEntriesOf,
  planAccess,
  type AccessIntent,
  type NetworkAclEntry,
  type SecurityGroupRule,
} from './plan-access.js';

/** A rule that a customer may add to a network ACL of its own; `protocol` -1 is everything. */
export interface CustomerAclRule extends Omit<NetworkAclEntry, 'ruleNumber' | 'protocol'> {
  /** Counted from 0 in each direction; the customer chooses where to begin. */
  readonly offset: number;
  readonly action: 'allow' | 'deny';
  readonly protocol: NetworkAclEntry['protocol'] | '-1';
}

/** The agreed access as seen from the customer's side, where the provider's block is the far end. */
export interface CustomerAccess {
  ingress: SecurityGroupRule[];
  /**
   * Incoming rules first. Each direction ends with one that denies the provider's block everything else, so that rules
   * for other traffic stay as they are.
   */
  networkAclRules: CustomerAclRule[];
}

/**
 * What lets in exactly what the provider's connectors may open, and lets out the replies: the provider's own rules with
 * the directions exchanged. What the customer's own network ACL has room for is not known here.
 */
export function customerAccess(agreed: {
  providerCidr: string;
  access: readonly AccessIntent[];
}): CustomerAccess {
  const { providerCidr, access } = agreed;
  const mirrored = planAccess({ subnetCidrs: [providerCidr], access }, ownEntriesOf(NETWORK_ACL_RULES.most));
  const denied = { protocol: '-1', cidrBlock: providerCidr, portRange: null, icmp: null } as const;
  const rulesOf = (egress: boolean): CustomerAclRule[] => {
    const allowed = mirrored.networkAclEntries.filter((entry) => entry.egress !== egress);
    return [
      ...allowed.map(({ protocol, cidrBlock, portRange, icmp }, offset) => {
        return { offset, egress, action: 'allow' as const, protocol, cidrBlock, portRange, icmp };
      }),
      { ...denied, egress, offset: allowed.length, action: 'deny' },
    ];
  };
  return {
    ingress: mirrored.securityGroupEgress,
    networkAclRules: [...rulesOf(false), ...rulesOf(true)],
  };
}
