import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { AddressComparisonActivities } from '../activities/address-comparison.js';
import type { AddressOrderActivities } from '../activities/address-orders.js';
import type { OrphanActivities } from '../activities/orphans.js';
import type {
  AddressComparison,
  AddressReport,
  FoundDiscrepancy,
  VerifyOrder,
} from '../contract/address-verification.js';
import { discrepancyText } from '../domain/addresses/compare-with-aws.js';
import { shardsOf, shardWith } from '../domain/addresses/shards.js';
import { addressPolicyOf, blockReleaseOf, customerScopeBeside, isCustomerScope } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import { MENDING, REGULAR_LOOK } from './activity-options.js';
import { local } from './activity-proxies.js';
import { causeOf } from './failure.js';

const { compareAddresses } = proxyActivities<AddressComparisonActivities>({
  ...REGULAR_LOOK,
  summary: 'the pools beside the VPCs of all regions',
});
const { releaseBlockOfNobody } = proxyActivities<OrphanActivities>({
  ...MENDING,
  summary: 'give back a block without a VPC',
});
const { adoptBlock } = proxyActivities<AddressOrderActivities>({
  ...MENDING,
  summary: 'the block of a VPC that is there already',
});

/** A connection that is being built or taken down looks amiss for a moment. */
const LOOK_AGAIN_AFTER = '3 seconds';

/**
 * Compares the pools with the VPCs that carry Causeway's tags in all configured regions; what two looks show is reported,
 * and mended where that is ordered and safe.
 *
 * @throws ApplicationFailure by the code of what kept a region from being read: half a comparison would mislead
 */
export async function verifyAddresses(order: Partial<VerifyOrder> = {}): Promise<AddressReport> {
  const at = new Date().toISOString();
  const settings = await local.loadSettings();
  const report: AddressReport = {
    ...(await comparedTwice()),
    at,
    repairing: order.repair === true,
    repaired: [],
    held: [],
  };
  if (!report.repairing) return report;
  if (settings.maintenance.paused) {
    report.held.push('nothing is mended: maintenance.paused is set');
    return report;
  }
  const left: FoundDiscrepancy[] = [];
  for (const found of report.discrepancies) {
    if (!(await mend(found, { report, settings }))) left.push(found);
  }
  report.discrepancies = left;
  return report;
}

async function comparedTwice(): Promise<AddressComparison> {
  const first = await compareAddresses();
  if (first.discrepancies.length === 0) return first;
  await sleep(LOOK_AGAIN_AFTER);
  const second = await compareAddresses();
  const seen = new Set(first.discrepancies.map(discrepancyText));
  return { ...second, discrepancies: second.discrepancies.filter((each) => seen.has(discrepancyText(each))) };
}

interface Mending {
  report: AddressReport;
  settings: RunSettings;
}

/** @returns whether it is mended; if not, the report says why */
async function mend(found: FoundDiscrepancy, { report, settings }: Mending): Promise<boolean> {
  const what = discrepancyText(found);
  const hold = (why: string): false => {
    report.held.push(`${what}: ${why}`);
    return false;
  };
  if (found.kind === 'overlap') return hold('close one of the two and request it again');
  if (found.kind === 'block-without-vpc' && found.owned) {
    return hold('its workflow is open; look at the status of the connection');
  }
  if (found.kind === 'vpc-without-block') {
    if (!found.owned) return hold('nobody owns the VPC; `causeway sweep` deletes it');
    if (found.holds !== null) return hold('a connection has one block; close it and request it again');
  }
  try {
    const outcome = await carryOut(found, settings);
    if (!outcome.ok) return hold(outcome.why);
    report.repaired.push(outcome.what);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return hold(causeOf(error).message);
  }
}

type Mendable = Exclude<FoundDiscrepancy, { kind: 'overlap' }>;
type Outcome = { ok: true; what: string } | { ok: false; why: string };

async function carryOut(found: Mendable, settings: RunSettings): Promise<Outcome> {
  if (found.kind === 'block-without-vpc') {
    const { scope: poolScope, cidr, holder: connection } = found.block;
    const release = blockReleaseOf(settings, { poolScope, connection, wasActive: true });
    // What is left in the customer's pool alone says nothing of the block that the connection has in the other.
    await releaseBlockOfNobody(isCustomerScope(poolScope) ? { ...release, shards: [] } : release);
    return { ok: true, what: `${cidr} of ${connection} is given back` };
  }
  const { cidr, connection: holder } = found.vpc;
  const pools = poolsOf(found, settings);
  if (pools === null) return { ok: false, why: `${cidr} lies in none of addresses.ranges` };
  // One by one: what the first keeps from others in its scope is right, whatever the second says.
  for (const pool of pools) {
    const adopted = await adoptBlock({ pools: [pool], holder, cidr });
    if (!adopted.ok) return { ok: false, why: adopted.problem };
  }
  return { ok: true, what: `${cidr} is held by ${holder} again` };
}

/** Of the pools that a connection's block has to be in, the one that lacks it and those asked after it. */
function poolsOf(
  { scope, vpc: { cidr, connection } }: Extract<Mendable, { kind: 'vpc-without-block' }>,
  settings: RunSettings,
): { scope: string; shard: string | null }[] | null {
  if (isCustomerScope(scope)) return [{ scope, shard: null }];
  const shard = shardWith(cidr, shardsOf(addressPolicyOf(settings), settings.addresses.sharding));
  if (shard === undefined) return null;
  const customerScope = customerScopeBeside(settings, connection);
  const own = { scope, shard: shard.name };
  return customerScope === null ? [own] : [own, { scope: customerScope, shard: null }];
}
