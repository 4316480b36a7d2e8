export { checkProvider } from './check-provider.js';
export { cidrPool } from './cidr-pool.js';
export { maintainPeering } from './maintain-peering.js';
export { observePeerings } from './observe-peerings.js';
export { planPeering } from './plan-peering.js';
export { provisionPeering } from './provision-peering.js';
