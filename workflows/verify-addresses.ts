import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { AddressComparisonActivities } from '../activities/address-comparison.js';
import type { AddressPoolActivities } from '../activities/address-pool.js';
import type { OrphanActivities } from '../activities/orphans.js';
import type {
  AddressComparison,
  AddressReport,
  FoundDiscrepancy,
  VerifyOrder,
} from '../contract/address-verification.js';
import { discrepancyText } from '../domain/addresses/compare-with-aws.js';
import { poolScopeOf } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import { local, WITHOUT_RETRY } from './activity-proxies.js';
import { causeOf } from './failure.js';

const { compareAddresses } = proxyActivities<AddressComparisonActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '5 seconds',
  summary: 'the pools beside the VPCs of all regions',
  retry: { initialInterval: '2 seconds', maximumAttempts: 3, nonRetryableErrorTypes: WITHOUT_RETRY },
});
const MENDING = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 5, nonRetryableErrorTypes: WITHOUT_RETRY },
} as const;
const { releaseBlockOfNobody } = proxyActivities<OrphanActivities>({
  ...MENDING,
  summary: 'give back a block without a VPC',
});
const { adoptBlock } = proxyActivities<AddressPoolActivities>({
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
    report.repaired.push(await carryOut(found, settings));
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return hold(causeOf(error).message);
  }
}

type Mendable = Exclude<FoundDiscrepancy, { kind: 'overlap' }>;

async function carryOut(found: Mendable, settings: RunSettings): Promise<string> {
  if (found.kind === 'block-without-vpc') {
    const { scope, cidr, holder } = found.block;
    await releaseBlockOfNobody({ scope, connection: holder });
    return `${cidr} of ${holder} was given back`;
  }
  const { cidr, connection } = found.vpc;
  const [organizationId = ''] = connection.split('/');
  await adoptBlock({
    scope: poolScopeOf(settings, { organizationId }),
    order: { holder: connection, cidr },
  });
  return `${cidr} is held by ${connection} again`;
}
