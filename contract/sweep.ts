/** All that one run left in one region, seen without an owner. Times are ISO 8601, UTC. */
export interface Orphan {
  region: string;
  /** `<organizationId>/<vpcId>`, of the tag; whatever else stands there is shown and never deleted. */
  connection: string;
  run: string;
  resourceIds: string[];
  /** When a sweep first saw all of it without an owner; what joins it later starts it anew. */
  since: string;
}

/** Deployment and regions are those of the worker's configuration. */
export interface SweepOrder {
  /** False, the default, only reports. */
  delete: boolean;
  /** What the last sweep saw; what is not in it is never deleted. A Schedule's sweep knows its last one by itself. */
  previous: SweepReport | null;
}

/** Result of `sweepOrphans`. */
export interface SweepReport {
  at: string;
  /** Whether it was ordered to delete. */
  deleting: boolean;
  /** How many resources with Causeway's tags were looked at. */
  examined: number;
  /** What has no owner and is left as it is. */
  orphans: Orphan[];
  /** Ids of what was deleted, by this sweep. */
  deleted: string[];
  /** How many resources were deleted within the last hour, by this sweep and those before it. */
  deletions: { at: string; count: number }[];
  /** Connections of whose network nothing is left, and whose address block is still to be given back. */
  blocks: string[];
  /** Why something was not looked at, or not deleted: out of reach, paused, too many changes, refused by AWS. */
  held: string[];
}

/** For so long an orphan must have been seen without an owner before it is deleted; in milliseconds. */
export const ORPHAN_AGE_MS = 3_600_000;

/** Only a sweep's own report is believed; anything else counts as nothing seen yet, so that nothing is deleted by it. */
export function sweepReportIn(value: unknown): SweepReport | null {
  return isReport(value) ? value : null;
}

function isReport(value: unknown): value is SweepReport {
  return (
    isObject(value) &&
    typeof value['at'] === 'string' &&
    typeof value['deleting'] === 'boolean' &&
    typeof value['examined'] === 'number' &&
    isListOf(value['orphans'], isOrphan) &&
    isListOf(value['deleted'], isText) &&
    isListOf(value['deletions'], isDeletions) &&
    isListOf(value['blocks'], isText) &&
    isListOf(value['held'], isText)
  );
}

function isOrphan(value: unknown): boolean {
  return (
    isObject(value) &&
    [value['region'], value['connection'], value['run'], value['since']].every(isText) &&
    isListOf(value['resourceIds'], isText)
  );
}

function isDeletions(value: unknown): boolean {
  return isObject(value) && isText(value['at']) && typeof value['count'] === 'number';
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
