import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createProviderCheckActivities } from '../../activities/provider-check.js';
import type { ProviderFinding } from '../../contract/provider-check.js';
import { credentialsFor } from '../../local/emulator.js';
import { CUSTOMER, PROVIDER, startTestEmulator, type TestEmulator } from '../harness/emulator.js';
import { testSettings } from '../harness/settings.js';

let aws: TestEmulator;
beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  aws = await startTestEmulator();
  actAs(PROVIDER);
});
afterEach(async () => {
  await aws.control.clearFaults();
});
afterAll(() => aws.stop());

function actAs(account: string): void {
  const { accessKeyId, secretAccessKey } = credentialsFor(account);
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
}

function check(
  overrides: { endpoint?: string; roles?: { observe: string } } = {},
): Promise<ProviderFinding[]> {
  const settings = testSettings();
  const provider = { ...settings.provider, roles: overrides.roles ?? {} };
  const clients = createEc2Clients({ provider, endpoint: overrides.endpoint ?? aws.endpoint });
  return createProviderCheckActivities(clients, { provider }).checkProviderRegion({ region: 'eu-west-1' });
}

describe("AWS as the worker's credentials see it", () => {
  it('is well for every purpose when the account is the configured one and VPCs can be read', async () => {
    const findings = await check();
    expect(findings.map(({ purpose, ok }) => ({ purpose, ok }))).toEqual([
      { purpose: 'provision', ok: true },
      { purpose: 'observe', ok: true },
      { purpose: 'release', ok: true },
    ]);
  });

  it('is wrong with credentials of another account, naming both', async () => {
    actAs(CUSTOMER);
    try {
      const [finding] = await check();
      expect(finding).toMatchObject({ ok: false, answered: true });
      expect(finding?.detail).toContain(CUSTOMER);
      expect(finding?.detail).toContain(PROVIDER);
    } finally {
      actAs(PROVIDER);
    }
  });

  it('names the action that is not allowed', async () => {
    await aws.control.addFault({
      action: 'DescribeVpcs',
      kind: 'error',
      code: 'UnauthorizedOperation',
      times: null,
    });
    const findings = await check();
    for (const { ok, answered, detail, next } of findings) {
      expect({ ok, answered }).toEqual({ ok: false, answered: true });
      expect(detail).toContain('ec2:DescribeVpcs in eu-west-1: UnauthorizedOperation');
      expect(next).toContain('allow');
    }
  });

  it('is wrong only for the purpose whose role cannot be taken', async () => {
    await aws.control.addFault({ action: 'AssumeRole', kind: 'error', code: 'AccessDenied', times: null });
    const findings = await check({ roles: { observe: `arn:aws:iam::${PROVIDER}:role/observer` } });
    expect(findings.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(findings[1]?.detail).toContain('AccessDenied');
  });

  it('gives no answer where nothing listens', async () => {
    const findings = await check({ endpoint: 'http://127.0.0.1:9' });
    expect(findings.map(({ ok, answered }) => ({ ok, answered }))).toEqual(
      findings.map(() => ({ ok: false, answered: false })),
    );
    expect(findings.length).toBe(3);
  });
});
