import { describe, expect, it } from '@jest/globals';
import { checkNode } from '../../../client/cli/doctor/local-checks.js';
import { awsFindings } from '../../../client/cli/doctor/provider-checks.js';
import type { ProviderFinding } from '../../../contract/provider-check.js';
import { PROVIDER } from '../../harness/emulator.js';
import { testSettings } from '../../harness/settings.js';

const well: ProviderFinding = {
  region: 'eu-west-1',
  purpose: 'provision',
  ok: true,
  answered: true,
  detail: 'VPCs can be read',
  next: null,
};

describe('what the worker found in AWS', () => {
  it('is a check for each region, which says once what several purposes may not', () => {
    const denied = { ...well, ok: false, detail: 'denied', next: 'Allow it' };
    const checks = awsFindings(
      {
        accountId: PROVIDER,
        findings: [
          well,
          { ...denied, region: 'us-east-1', purpose: 'observe' },
          { ...denied, region: 'us-east-1', purpose: 'release' },
        ],
      },
      testSettings(),
    );
    expect(checks).toEqual([
      { name: 'aws eu-west-1', ok: true, detail: 'VPCs can be read', next: null },
      { name: 'aws us-east-1', ok: false, detail: 'to observe, release: denied', next: 'Allow it' },
    ]);
  });

  it('is told beside the quotas that a start-up of connections meets first', () => {
    const counted = { ...well, purpose: 'observe', used: { vpcs: 4, outstandingRequests: 3 } } as const;
    const checks = awsFindings({ accountId: PROVIDER, findings: [well, counted] }, null);
    expect(checks).toEqual([
      { name: 'aws eu-west-1', ok: true, detail: 'VPCs can be read', next: null },
      {
        name: 'quotas eu-west-1',
        ok: true,
        detail: '4 VPCs (5 unless AWS raised it), 3 outstanding peering requests (25)',
        next: null,
      },
    ]);
  });

  it('is unreachable only where AWS gave no answer', () => {
    const silent = { ...well, ok: false, answered: false, detail: 'no answer', next: 'Look at the network' };
    const [check] = awsFindings({ accountId: PROVIDER, findings: [silent] }, null);
    expect(check?.unreachable).toBe(true);
  });

  it('is of no use when the worker runs with the configuration of another account', () => {
    const [check] = awsFindings({ accountId: '999988887777', findings: [well] }, testSettings());
    expect(check).toMatchObject({ name: 'worker configuration', ok: false });
    expect(check?.detail).toContain('999988887777');
  });
});

describe('the version of Node', () => {
  it.each([
    ['18.20.0', false],
    ['20.18.9', false],
    ['20.19.0', true],
    ['22.0.0', true],
  ])('%s: %s', (version, ok) => {
    expect(checkNode(version).ok).toBe(ok);
  });
});
