import type { PeeringState } from '../domain/lifecycle.js';
import type { PeeringStatus } from './status.js';

/** How a connection ended: kept after Temporal has forgotten the run itself. */
export interface EndedPeering {
  status: PeeringStatus;
  /** The execution that ended so. */
  workflowId: string;
  runId: string;
}

/** An earlier end of the same connection, in one line. */
export interface EarlierEnd {
  state: PeeringState;
  /** ISO 8601, UTC. */
  at: string;
  runId: string;
}
