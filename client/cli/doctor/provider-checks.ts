import type { ProviderCheck, ProviderFinding, QuotasUsed } from '../../../contract/provider-check.js';
import type { WorkerSettings } from '../../../domain/settings.js';
import type { CausewayClient } from '../../causeway-client.js';
import { CausewayError } from '../../causeway-error.js';
import { notChecked, wellDone, wrong, type Finding } from './check.js';

/** AWS as the worker sees it, a check a region: its credentials count, not those of this machine's user. */
export async function checkAws(client: CausewayClient, settings: WorkerSettings | null): Promise<Finding[]> {
  try {
    return awsFindings(await client.checkProvider(), settings);
  } catch (error) {
    if (!(error instanceof CausewayError) || error.code !== 'NoWorker') throw error;
    return [
      wrong('aws', {
        detail: 'no worker answered in time',
        next: 'Start a worker with `npm run worker`, or look at its log: one that ended less than five minutes ago is still counted',
      }),
    ];
  }
}

/** Where nobody can look. */
export function awsNotChecked(settings: WorkerSettings | null, why: string): Finding[] {
  const regions = settings?.provider.regions ?? [];
  return regions.length === 0
    ? [notChecked('aws', why)]
    : regions.map((region) => notChecked(awsCheckName(region), why));
}

/** The worker's findings as checks, a region each, and whether it is configured as this machine is. */
export function awsFindings(
  { accountId, findings }: ProviderCheck,
  settings: WorkerSettings | null,
): Finding[] {
  const regions = [...new Set(findings.map(({ region }) => region))];
  const checks = [
    ...regions.map((region) => regionFinding(findings.filter((each) => each.region === region))),
    ...findings.flatMap(({ region, used }) => (used === undefined ? [] : [quotaFinding(region, used)])),
  ];
  const mine = settings?.provider.accountId;
  if (mine === undefined || mine === accountId) return checks;
  return [
    wrong('worker configuration', {
      detail: `the worker is configured for account ${accountId}, this configuration for ${mine}`,
      next: 'Give both the same file with CAUSEWAY_CONFIG, and restart the worker',
    }),
    ...checks,
  ];
}

/** One role is often used for all purposes; then what it may not is said once. */
function regionFinding(findings: readonly ProviderFinding[]): Finding {
  const name = awsCheckName(findings[0]?.region ?? '');
  const bad = findings.filter(({ ok }) => !ok);
  const [first] = bad;
  if (first === undefined) {
    const all = [...new Set(findings.map(({ detail }) => detail))].join('; ');
    return wellDone(name, all === '' ? 'nothing to look at' : all);
  }
  const details = [...new Set(bad.map(({ detail }) => detail))];
  const purposes = bad.map(({ purpose }) => purpose).join(', ');
  const next = [...new Set(bad.flatMap((each) => each.next ?? []))].join('; ');
  return {
    ...wrong(name, { detail: `to ${purposes}: ${details.join('; ')}`, next }),
    ...(bad.some(({ answered }) => !answered) ? { unreachable: true } : {}),
  };
}

/** AWS's figures for an account that has asked for no more. Source: "Amazon VPC quotas". */
const START_QUOTAS = { vpcs: 5, outstandingRequests: 25 } as const;

/** Whether a quota has been raised is not asked: that takes a permission of another service. */
function quotaFinding(region: string, used: QuotasUsed): Finding {
  const vpcs = `${used.vpcs} VPCs (${START_QUOTAS.vpcs} unless AWS raised it)`;
  const requests = `${used.outstandingRequests} outstanding peering requests (${START_QUOTAS.outstandingRequests})`;
  return wellDone(`quotas ${region}`, `${vpcs}, ${requests}`);
}

function awsCheckName(region: string): string {
  return `aws ${region}`;
}
