import type { Ownership } from '../contract/tags.js';
import type { ExpectedPeering } from '../domain/acceptance.js';
import type { AccessPlan } from '../domain/access/plan-access.js';
import type { PeeringRequest } from '../domain/request.js';
import type { RunSettings } from '../domain/settings.js';
import type { Compensations } from './compensation.js';
import type { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';

/** What every step of a run, and of a living connection, has: what people see, and a way to AWS that may have to wait. */
export interface Acting {
  record: PeeringRecord;
  parking: ParkingLot;
}

/** To be done as soon as the settings are known, in every execution. */
export function useSettings({ record, parking }: Acting, settings: RunSettings): void {
  record.tellPeople(settings.notifications);
  parking.use(settings);
}

/** What every stage of a run has: also what is undone should it fail. */
export interface Run extends Acting {
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
  /**
   * When AWS last would not take the provider's DNS option, for the customer's VPC lacks DNS hostnames; ISO 8601, UTC. Null
   * while nothing keeps it from being on.
   */
  dnsRefusedAt: string | null;
}

/**
 * How far a run has come, and all that its next stage needs: after each stage, and while a stage waits for something
 * outside, the run can go on from here in another execution.
 */
export type Journey =
  | { at: 'start' }
  | { at: 'planned'; planned: PlannedPeering }
  | { at: 'built'; planned: PlannedPeering; network: BuiltNetwork }
  | { at: 'requested'; requested: RequestedPeering }
  /** AWS refused the block, `tried` names it: what was built is released, and another one is taken. */
  | { at: 'refused'; planned: PlannedPeering };

/** What was decided, at any stage from there on. */
export function plannedIn(journey: Exclude<Journey, { at: 'start' }>): PlannedPeering {
  return journey.at === 'requested' ? journey.requested : journey.planned;
}
