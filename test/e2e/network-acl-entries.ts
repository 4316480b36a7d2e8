import type { InventoryNetworkAclEntry } from '../../local/emulator-inventory.js';

/** What an entry admits; absent ports or ICMP type are none. */
export interface Admitted {
  readonly egress: boolean;
  /** IANA number. */
  readonly protocol: string;
  readonly portRange?: readonly [number, number];
  readonly icmp?: readonly [number, number];
}

/** An entry of the inventory, whole. */
export function allow(ruleNumber: number, cidrBlock: string, admitted: Admitted): InventoryNetworkAclEntry {
  return { ruleNumber, cidrBlock, action: 'allow', portRange: null, icmp: null, ...admitted };
}

/** AWS's own last entry of a direction. */
export function deny(egress: boolean): InventoryNetworkAclEntry {
  return {
    ruleNumber: 32_767,
    egress,
    protocol: '-1',
    action: 'deny',
    cidrBlock: '0.0.0.0/0',
    portRange: null,
    icmp: null,
  };
}
