/** All that one run left in one region, seen without an owner. Times are ISO 8601, UTC. */
export interface Orphan {
  region: string;
  /** `<organizationId>/<vpcId>`, of the tag. */
  connection: string;
  run: string;
  resourceIds: string[];
  /** When a sweep first saw it without an owner. */
  since: string;
}

export interface SweepOrder {
  deployment: string;
  /** False, the default, only reports. */
  delete: boolean;
  /** What the last sweep saw; what is not in it is never deleted. */
  previous: SweepReport | null;
}

/** Result of `sweepOrphans`. */
export interface SweepReport {
  at: string;
  /** How many resources with Causeway's tags were looked at. */
  examined: number;
  /** What has no owner and is left as it is. */
  orphans: Orphan[];
  /** Ids of what was deleted, by this sweep. */
  deleted: string[];
  /** Why something that could have been deleted was not: paused, too many changes, refused by AWS. */
  held: string[];
}
