import type { PeeringPlan } from '../contract/plan.js';
import { connectionName } from '../contract/names.js';
import { cidrContains } from '../domain/addresses/blocks.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import {
  addressPolicyOf,
  customerBlocks,
  customerScopeBeside,
  decidePlan,
  poolScopeOf,
  regionFor,
} from '../domain/plan.js';
import { local, temporal } from './activity-proxies.js';
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
  const policy = addressPolicyOf(settings);
  const connection = connectionName(request);
  const block = await temporal.explainBlock({
    scope: poolScopeOf(settings, request),
    sharding: settings.addresses.sharding,
    customerScope: customerScopeBeside(settings, connection),
    inquiry: {
      holder: connection,
      policy,
      avoid: customerBlocks(request),
      requested: request.providerCidr,
    },
    now: Date.now(),
    // A plan is shown to the customer too.
    naming: false,
  });
  if (block.cidr === null)
    throw ending('AddressSpaceExhausted', `no block is free: ${block.reasons.join('; ')}`);
  return {
    ...decidePlan(request, settings, { region, cidr: block.cidr, blockReasons: block.reasons }),
    roundTripMs: region.roundTripMs,
    ranking: [...region.ranking],
    rejected: [...block.rejected],
    runnersUp: block.runnersUp.map((cidr) => ({ cidr, reason: runnerUpReason(cidr, policy) })),
  };
}

function runnerUpReason(cidr: string, { prefixLength, ranges }: AddressPolicy): string {
  const range = ranges.find((candidate) => cidrContains(candidate, cidr));
  return `is free too, a /${prefixLength} of ${range ?? 'the configuration'}`;
}
