import { z } from 'zod';

/** ISO 8601, UTC. */
const instant = z.string();

/** All that one run left in one region, seen without an owner. */
const orphan = z.object({
  region: z.string(),
  /** `<organizationId>/<vpcId>`, of the tag; whatever else stands there is shown and never deleted. */
  connection: z.string(),
  run: z.string(),
  resourceIds: z.array(z.string()),
  /** When a sweep first saw all of it without an owner; what joins it later starts it anew. */
  since: instant,
});

export type Orphan = z.infer<typeof orphan>;

/** Result of `sweepOrphans`. */
const sweepReport = z.object({
  at: instant,
  /** Whether it was ordered to delete. */
  deleting: z.boolean(),
  /** How many resources with Causeway's tags were looked at. */
  examined: z.number(),
  /** What has no owner and is left as it is. */
  orphans: z.array(orphan),
  /** Ids of what was deleted, by this sweep. */
  deleted: z.array(z.string()),
  /** How many resources were deleted within the last hour, by this sweep and those before it. */
  deletions: z.array(z.object({ at: instant, count: z.number() })),
  /** Connections of whose network nothing is left, and whose address block is still to be given back. */
  blocks: z.array(z.string()),
  /** Why something was not looked at, or not deleted: out of reach, paused, too many changes, refused by AWS. */
  held: z.array(z.string()),
});

export type SweepReport = z.infer<typeof sweepReport>;

/** Deployment and regions are those of the worker's configuration. */
export interface SweepOrder {
  /** False, the default, only reports. */
  delete: boolean;
  /** What the last sweep saw; what is not in it is never deleted. A Schedule's sweep knows its last one by itself. */
  previous: SweepReport | null;
}

/** For so long an orphan must have been seen without an owner before it is deleted; in milliseconds. */
export const ORPHAN_AGE_MS = 3_600_000;

/** Only a sweep's own report is believed; anything else counts as nothing seen yet, so that nothing is deleted by it. */
export function sweepReportIn(value: unknown): SweepReport | null {
  return sweepReport.safeParse(value).data ?? null;
}
