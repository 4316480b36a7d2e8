import type { AwsCall } from '../../contract/audit.js';

export type HistoryKind =
  | 'started'
  | 'signal'
  | 'update'
  | 'cancel'
  | 'activity'
  | 'failure'
  | 'continued'
  | 'ended'
  /** A line of the status itself, where that is all that is left. */
  | 'noted'
  /** Says that something is not shown, and why. */
  | 'gap';

/** One thing that happened to a connection. */
export interface HistoryLine {
  /** ISO 8601, UTC. */
  at: string;
  kind: HistoryKind;
  /** Who it was, as Temporal knows it (such as `4711@host`); null where nobody is named. */
  by: string | null;
  /** In one line. What people wrote is quoted; messages of failures are as they came, and cut. */
  what: string;
  /** The calls to AWS behind it, those that AWS refused included. */
  calls: AwsCall[];
  workflowId: string;
  runId: string;
}
