/** Shapes of `GET /_causeway/inventory`: what exists in the emulated AWS, whether or not anyone is shown it yet. */

/** Tags of a resource, or of one side's view of a peering. */
export type TagMap = Readonly<Record<string, string>>;

export interface Inventory {
  /** ISO 8601, AWS time. */
  readonly now: string;
  /** Only those in which something exists. */
  readonly regions: readonly RegionInventory[];
  /** Every connection ever requested since the last reset, over or not. */
  readonly peerings: readonly InventoryPeering[];
}

export interface RegionInventory {
  readonly account: string;
  readonly region: string;
  readonly vpcs: readonly InventoryVpc[];
  readonly subnets: readonly InventorySubnet[];
  readonly routeTables: readonly InventoryRouteTable[];
  readonly networkAcls: readonly InventoryNetworkAcl[];
  readonly securityGroups: readonly InventorySecurityGroup[];
  readonly networkInterfaces: readonly InventoryNetworkInterface[];
}

export interface InventoryVpc {
  readonly vpcId: string;
  /** The primary one first. */
  readonly cidrBlocks: readonly string[];
  readonly isDefault: boolean;
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
  readonly tags: TagMap;
}

export interface InventorySubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly tags: TagMap;
}

export interface InventoryRoute {
  /** A block, or the id of a prefix list. */
  readonly destination: string;
  /** `local`, or the id of what it points to. */
  readonly target: string | null;
  readonly state: 'active' | 'blackhole';
}

export interface InventoryRouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly main: boolean;
  /** Subnets associated by name; the others of the VPC use the main table. */
  readonly subnetIds: readonly string[];
  readonly routes: readonly InventoryRoute[];
  readonly tags: TagMap;
}

export interface InventoryNetworkAclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  /** Protocol number, `-1` for all. */
  readonly protocol: string;
  readonly action: 'allow' | 'deny';
  readonly cidrBlock: string | null;
  /** First and last port. */
  readonly portRange: readonly [number, number] | null;
  /** Type and code. */
  readonly icmp: readonly [number, number] | null;
}

export interface InventoryNetworkAcl {
  readonly networkAclId: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly subnetIds: readonly string[];
  /** Inbound first, by number. */
  readonly entries: readonly InventoryNetworkAclEntry[];
  readonly tags: TagMap;
}

export interface InventorySecurityGroupRule {
  readonly ruleId: string;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  /** A block, or the id of a group. */
  readonly peer: string | null;
}

export interface InventorySecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly ingress: readonly InventorySecurityGroupRule[];
  readonly egress: readonly InventorySecurityGroupRule[];
  readonly tags: TagMap;
}

export interface InventoryNetworkInterface {
  readonly networkInterfaceId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  readonly privateIpAddress: string;
  readonly description: string;
  readonly tags: TagMap;
}

export interface InventoryPeeringSide {
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
  readonly allowDnsResolutionFromRemoteVpc: boolean;
  /** Those this side has set; each side has its own. */
  readonly tags: TagMap;
}

export interface InventoryPeering {
  readonly vpcPeeringConnectionId: string;
  /** What is so, whatever each side is shown. */
  readonly status: string;
  readonly message: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly requester: InventoryPeeringSide;
  readonly accepter: InventoryPeeringSide;
}
