import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createEc2Clients } from '../../activities/aws/ec2-clients.js';
import { createProviderCheckActivities } from '../../activities/provider-check.js';
import type { ProviderFinding } from '../../contract/provider-check.js';
import { credentialsFor } from '../../local/emulator.js';
import { CUSTOMER, PROVIDER, startTestEmulator, type TestEmulator } from '../harness/emulator.js';
import { startForgetfulAws } from '../harness/forgetful-aws.js';
import { makeByHand } from '../harness/orphans.js';
import { testSettings } from '../harness/settings.js';

let aws: TestEmulator;
beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  aws = await startTestEmulator();
  actAs(PROVIDER);
});
afterEach(() => aws.reset());
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

  it('counts what of the quotas is used', async () => {
    const [, observe] = await check();
    expect(observe?.used).toEqual({ vpcs: 1, outstandingRequests: 0 });
  });

  it('says that permissions on a connection were not asked about where there is none', async () => {
    const [provision] = await check();
    expect(provision?.detail).toContain(
      'permissions checked, but for those on a connection, as none is here',
    );
  });

  it.each(['DescribeNetworkAcls', 'Describe', ''])(
    'sends nothing that would change anything to an endpoint that does not know DryRun for %p…',
    async (forgets) => {
      const other = await startForgetfulAws(aws.endpoint, (action) => action.startsWith(forgets));
      await makeByHand(aws);
      await aws.control.clearCalls();
      const findings = await check({ endpoint: other.endpoint });
      await other.stop();
      for (const { ok, detail } of findings) {
        expect(ok).toBe(true);
        expect(detail).toContain('permissions not checked: the endpoint does not know DryRun');
      }
      const actions = (await aws.control.calls()).map(({ action }) => action);
      expect(actions.filter((action) => !/^(Describe|GetCallerIdentity)/.test(action))).toEqual([]);
    },
  );

  it('says so, and asks about no deletion, where an endpoint carries out a change all the same', async () => {
    const other = await startForgetfulAws(aws.endpoint, (action) => action === 'CreateTags');
    await makeByHand(aws);
    const [provision] = await check({ endpoint: other.endpoint });
    await other.stop();
    expect(provision).toMatchObject({ ok: false, answered: true });
    expect(provision?.detail).toContain('carries out what is asked with DryRun');
    const asked = (await aws.control.calls({ action: 'DeleteVpc' })).length;
    // By the role that releases, which has no change to be carried out.
    expect(asked).toBe(1);
  });

  it('gives no answer where nothing listens', async () => {
    const findings = await check({ endpoint: 'http://127.0.0.1:9' });
    expect(findings.map(({ ok, answered }) => ({ ok, answered }))).toEqual(
      findings.map(() => ({ ok: false, answered: false })),
    );
    expect(findings.length).toBe(3);
  });
});
