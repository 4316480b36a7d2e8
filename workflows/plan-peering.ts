import type { PeeringPlan } from '../contract/plan.js';
import { connectionName } from '../contract/names.js';
import { chooseBlock } from '../domain/addresses/choose-block.js';
import { customerBlocks, decidePlan, poolScopeOf, regionFor } from '../domain/plan.js';
import { local, temporal } from './activity-proxies.js';
import { takenBlocks } from './cidr-pool.js';
import { ending } from './failure.js';
import { validRequest } from './plan-request.js';

/**
 * What a request would build: the same rules as `provisionPeering`, without holding a block or creating anything.
 *
 * @throws ApplicationFailure `InvalidRequest` or `AddressSpaceExhausted`
 */
export async function planPeering(input: unknown): Promise<PeeringPlan> {
  const settings = await local.loadSettings();
  const request = validRequest(input, settings);
  const region = regionFor(request, settings);
  const pool = await temporal.reportPool({ scope: poolScopeOf(settings, request) });
  const holder = connectionName(request);
  const block = chooseBlock({
    policy: settings.addresses,
    avoid: customerBlocks(request),
    taken: takenBlocks(pool, { holder, now: new Date().toISOString() }),
    requested: request.providerCidr,
  });
  if (block.cidr === null)
    throw ending('AddressSpaceExhausted', 'no block is free that the customer does not use');
  return {
    ...decidePlan(request, settings, { region, cidr: block.cidr, blockReasons: block.reasons }),
    roundTripMs: region.roundTripMs,
    ranking: [...region.ranking],
    rejected: [...block.rejected],
  };
}
