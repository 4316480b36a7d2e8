import type { AccessPlan } from '../domain/access/plan-access.js';
import type { PlanSummary } from './status.js';

/** Result of `planPeering`: what a request would build. Nothing is allocated or created by planning. */
export interface PeeringPlan extends PlanSummary {
  /** Median round trip between the provider's and the customer's region, in ms. */
  roundTripMs: number;
  /** The provider's regions, nearest first; `measured` where the time is the operator's own figure. */
  ranking: { region: string; roundTripMs: number; measured?: true | undefined }[];
  /** Blocks that would come next, the best first; none where the block was asked for or is held already. */
  runnersUp: { cidr: string; reason: string }[];
  /** Blocks passed over, each with the reason. */
  rejected: { cidr: string; reason: string }[];
  /** Blocks of the provider's subnets, one for each availability zone. */
  providerSubnetCidrs: string[];
  access: AccessPlan;
}
