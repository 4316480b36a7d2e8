import type { Ownership } from '../contract/tags.js';
import type { ExpectedPeering } from '../domain/acceptance.js';
import type { AccessPlan } from '../domain/access/plan-access.js';
import type { PeeringRequest } from '../domain/request.js';
import type { RunSettings } from '../domain/settings.js';
import type { Compensations } from './compensation.js';
import type { PeeringRecord } from './peering-record.js';

/** What every stage of a run writes to: what people see, and what is undone should it fail. */
export interface Run {
  record: PeeringRecord;
  undo: Compensations;
}

/** A block with which the peering came to nothing, and what AWS said. */
export interface TriedBlock {
  cidr: string;
  answer: string;
}

/** A valid request with everything decided: who owns it, where it goes, which block it has, what it opens. */
export interface PlannedPeering {
  request: PeeringRequest;
  settings: RunSettings;
  owner: Ownership;
  poolScope: string;
  /** Which of the scope's pools gave the block; null where it has one. */
  shard: string | null;
  providerRegion: string;
  providerCidr: string;
  providerSubnetCidrs: string[];
  access: AccessPlan;
  /** Blocks of earlier attempts, oldest first. */
  tried: TriedBlock[];
}

/** The provider's VPC as built: locked down, without any route to the customer yet. */
export interface BuiltNetwork {
  vpcId: string;
  subnetIds: string[];
  routeTableId: string;
  /** The one in use by all subnets; a change of access may swap it for another. */
  networkAclId: string;
  securityGroupId: string;
}

/** A planned connection that stands before the customer; the only peering that will be believed. */
export interface RequestedPeering extends PlannedPeering {
  network: BuiltNetwork;
  expected: ExpectedPeering;
}
