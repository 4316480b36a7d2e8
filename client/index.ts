/** Causeway's typed client, for other services; the package exports it as `causeway/client`. */
export { CausewayClient, type StartedRequest } from './causeway-client.js';
export { connectByEnvironment } from './connect.js';
export { CausewayError, type ClientErrorCode } from './causeway-error.js';
export type { HistoryKind, HistoryLine } from './history.js';
export { KIT_FORMATS, renderKit, type KitFormat } from './kits/formats.js';
export { kitFor, type Kit } from './kits/kit.js';
export type { ListedPeering } from './list-peerings.js';
export type { PeeringPlan } from '../contract/plan.js';
export type { PeeringStatus } from '../contract/status.js';
export type { SweepReport } from '../contract/sweep.js';
