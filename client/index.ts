/** Causeway's typed client, for other services; the package exports it as `causeway/client`. */
export { CausewayClient } from './causeway-client.js';
export { connectByEnvironment, connectLazily } from './connect.js';
export { CausewayError, type ClientErrorCode } from './causeway-error.js';
export type { HistoryKind, HistoryLine } from './history.js';
export type { StateCounts } from './count-by-state.js';
export { searchIn, type ListSearch } from './list-search.js';
export { LARGEST_PAGE, type ListedPage, type PageOptions } from './list-page.js';
export { KIT_FORMATS, renderKit, type KitFormat } from './kits/formats.js';
export { kitFor, type Kit } from './kits/kit.js';
export {
  isRevoked,
  LONGEST_LINK_DAYS,
  openLink,
  signLink,
  type CustomerLink,
  type LinkRefusal,
  type OpenedLink,
} from './links/customer-link.js';
export type { ListedPeering } from './list-peerings.js';
export type { RequestOrigin, StartedRequest, WrittenRequest } from './request-peering.js';
export type { WatchOptions } from './watch.js';
export type { AccessChange } from '../contract/messages.js';
export type { ConnectionKey } from '../contract/names.js';
export type { PeeringPlan } from '../contract/plan.js';
export type { PeeringStatus } from '../contract/status.js';
export type { SweepReport } from '../contract/sweep.js';
