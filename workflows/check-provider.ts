import { proxyActivities } from '@temporalio/workflow';
import type { ProviderCheckActivities } from '../activities/provider-check.js';
import type { ProviderCheck, ProviderFinding } from '../contract/provider-check.js';
import { CHECK_OF_THE_PROVIDER } from './activity-options.js';
import { local } from './activity-proxies.js';
import { causeOf } from './failure.js';

const { checkProviderRegion } = proxyActivities<ProviderCheckActivities>(CHECK_OF_THE_PROVIDER);

/** AWS as the worker sees it, in each region of its configuration. What is wrong is the result, never a failure. */
export async function checkProvider(): Promise<ProviderCheck> {
  const { provider } = await local.loadSettings();
  const findings = await Promise.all(provider.regions.map(findingsIn));
  return { accountId: provider.accountId, findings: findings.flat() };
}

async function findingsIn(region: string): Promise<ProviderFinding[]> {
  try {
    return await checkProviderRegion({ region });
  } catch (error) {
    const detail = `the worker did not finish looking at ${region}: ${causeOf(error).message}`;
    const next = "Look at the worker's log";
    return [{ region, purpose: 'observe', ok: false, answered: false, detail, next }];
  }
}
