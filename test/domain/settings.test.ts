import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  parseSettings,
  parseSettingsText,
  runSettingsOf,
  type WorkerSettings,
} from '../../domain/settings.js';

const SAMPLE = readFileSync(new URL('../../causeway.config.json', import.meta.url), 'utf8');
const MINIMAL = {
  provider: { accountId: '111122223333', regions: ['us-east-1', 'eu-west-1', 'ap-southeast-2'] },
};
const ROLE = 'arn:aws:iam::111122223333:role/causeway';

type Sections = Partial<
  Record<'provider' | 'addresses' | 'acceptance' | 'maintenance' | 'notifications', object>
>;

const settingsOf = (more: Sections = {}): WorkerSettings => {
  const result = parseSettings(withSections(more), 'default');
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.settings;
};
const problemsOf = (more: Sections): string[] => {
  const result = parseSettings(withSections(more), 'default');
  return result.ok ? [] : result.problems;
};
const withSections = (more: Sections): unknown => ({
  ...MINIMAL,
  ...more,
  provider: { ...MINIMAL.provider, ...more.provider },
});

describe('the configuration', () => {
  it('that lies beside the product is valid, and says nothing but the defaults', () => {
    expect(parseSettingsText(SAMPLE, 'not taken')).toEqual(parseSettings(MINIMAL, 'default'));
    expect(parseSettingsText(SAMPLE, 'default')).toMatchObject({ ok: true });
  });

  it('has the defaults of the interface', () => {
    expect(settingsOf()).toEqual({
      provider: {
        ...MINIMAL.provider,
        deployment: 'default',
        roleArn: null,
        externalId: null,
        roles: {},
        transitGatewayUrl: null,
        tags: {},
      },
      addresses: {
        preferred: '10.200.0.0/25',
        prefixLength: 25,
        uniqueness: 'per-organization',
        ranges: ['10.200.0.0/16', '172.24.0.0/14', '192.168.128.0/17', '100.64.0.0/10'],
        reserved: [],
        quarantine: '1 day',
        sharding: 'none',
      },
      acceptance: { reminders: ['1 day', '3 days', '6 days'], rounds: 2, observeEvery: '1 minute' },
      maintenance: {
        repair: 'automatic',
        sweep: 'report',
        sweepEvery: '1 hour',
        changesPerHour: 50,
        absentAfter: '5 minutes',
        paused: false,
      },
      notifications: { webhookUrl: null, allowPrivateTarget: false },
    });
  });

  it('takes the deployment from the file, else from outside', () => {
    const deployments = (given: object): string[] =>
      ['a', 'b'].map((outside) => {
        const result = parseSettings({ provider: { ...MINIMAL.provider, ...given } }, outside);
        return result.ok ? result.settings.provider.deployment : result.problems.join();
      });
    expect(deployments({})).toEqual(['a', 'b']);
    expect(deployments({ deployment: 'blue' })).toEqual(['blue', 'blue']);
  });

  it('takes all that can be said', () => {
    const given: Sections = {
      provider: {
        ...MINIMAL.provider,
        deployment: 'blue',
        roleArn: ROLE,
        externalId: 'xx',
        roles: { provision: `${ROLE}/a`, observe: `${ROLE}-b`, release: ROLE },
        transitGatewayUrl: 'https://provider.example/tgw',
        roundTripMs: { 'us-east-1': { 'eu-west-1': 68.5, 'us-east-1': 10_000 }, 'eu-west-1': {} },
        tags: { 'cost-centre': '4711', name: '', ['é'.repeat(128)]: '😀'.repeat(256) },
      },
      addresses: {
        preferred: '192.168.200.0/26',
        prefixLength: 28,
        uniqueness: 'global',
        ranges: ['192.168.200.0/24'],
        reserved: ['192.168.200.128/25', '8.8.8.8/32'],
        quarantine: '2 hours',
        sharding: 'per-range',
      },
      acceptance: { reminders: [], rounds: 10, observeEvery: '10 seconds' },
      maintenance: {
        repair: 'report',
        sweep: 'delete',
        sweepEvery: '10 minutes',
        changesPerHour: 1,
        absentAfter: '10 minutes',
        paused: true,
      },
      notifications: { webhookUrl: 'http://receiver.example:8080/hook?token=x', allowPrivateTarget: true },
    };
    expect(settingsOf(given)).toEqual(given);
  });

  it('gives a run no role and no ExternalId', () => {
    const settings = settingsOf({
      provider: { roleArn: ROLE, externalId: 'secret', roles: { observe: ROLE } },
    });
    const run = runSettingsOf(settings);
    expect(run).toEqual({
      ...settings,
      provider: { ...MINIMAL.provider, deployment: 'default', transitGatewayUrl: null },
      notifications: { webhook: false },
    });
    expect(JSON.stringify(run)).not.toMatch(/secret|arn:aws/);
  });

  it("gives a run the operator's own round trips, and says nothing where there are none", () => {
    const roundTripMs = { 'us-east-1': { 'eu-west-1': 68 } };
    expect(runSettingsOf(settingsOf({ provider: { roundTripMs } })).provider.roundTripMs).toEqual(
      roundTripMs,
    );
    expect(Object.keys(runSettingsOf(settingsOf()).provider)).not.toContain('roundTripMs');
  });

  it('tells a run that there is a webhook, and not where', () => {
    const run = runSettingsOf(
      settingsOf({ notifications: { webhookUrl: 'https://receiver.example/secret-path' } }),
    );
    expect(run.notifications).toEqual({ webhook: true });
    expect(JSON.stringify(run)).not.toMatch(/secret|receiver/);
  });
});

/** One wrong value each: where it stands, what it is, and what is said about it. */
const WRONG: readonly [section: keyof Sections, given: object, problem: RegExp][] = [
  ['provider', { accountId: '12345678901' }, /^provider\.accountId: an AWS account id is 12 digits$/],
  ['provider', { accountId: 111122223333 }, /^provider\.accountId: .*string/],
  ['provider', { deployment: '' }, /^provider\.deployment: a deployment is 1 to 64/],
  ['provider', { deployment: '-a' }, /^provider\.deployment: /],
  ['provider', { deployment: 'a'.repeat(65) }, /^provider\.deployment: /],
  ['provider', { roleArn: 'arn:aws:iam::1:role/x' }, /^provider\.roleArn: a role ARN looks like/],
  ['provider', { roleArn: 'arn:aws-cn:iam::111122223333:role/x' }, /^provider\.roleArn: /],
  ['provider', { roleArn: 'arn:aws:iam::111122223333:user/x' }, /^provider\.roleArn: /],
  ['provider', { externalId: 'x' }, /^provider\.externalId: /],
  ['provider', { externalId: 'x'.repeat(1225) }, /^provider\.externalId: /],
  ['provider', { roles: { observe: 'nobody' } }, /^provider\.roles\.observe: a role ARN/],
  ['provider', { roles: { admin: ROLE } }, /^provider\.roles: .*admin/],
  ['provider', { transitGatewayUrl: 'javascript:alert(1)' }, /^provider\.transitGatewayUrl: /],
  ['provider', { transitGatewayUrl: 'nowhere' }, /^provider\.transitGatewayUrl: /],
  [
    'provider',
    { transitGatewayUrl: `https://a.example/${'x'.repeat(2048)}` },
    /^provider\.transitGatewayUrl: /,
  ],
  ['provider', { regions: [] }, /^provider\.regions: /],
  ['provider', { regions: Array.from({ length: 41 }, () => 'us-east-1') }, /^provider\.regions: /],
  ['provider', { regions: ['us-east-1', 'mars-north-1'] }, /^provider\.regions\[1\]: .*mars-north-1/],
  ['provider', { regions: ['cn-north-1'] }, /^provider\.regions\[0\]: .*cn-north-1/],
  ['provider', { secret: 'x' }, /^provider: .*secret/],
  ['addresses', { preferred: '10.200.0.1/25' }, /^addresses\.preferred: .*host bits/],
  ['addresses', { preferred: '8.8.8.0/24' }, /^addresses\.preferred: .*not private/],
  ['addresses', { preferred: '172.17.0.0/24' }, /^addresses\.preferred: .*172\.17\.0\.0\/16/],
  ['addresses', { preferred: '10.0.0.0/29' }, /^addresses\.preferred: .*wrong size/],
  ['addresses', { prefixLength: 15 }, /^addresses\.prefixLength: /],
  ['addresses', { prefixLength: 29 }, /^addresses\.prefixLength: /],
  ['addresses', { prefixLength: 24.5 }, /^addresses\.prefixLength: /],
  ['addresses', { prefixLength: '25' }, /^addresses\.prefixLength: /],
  ['addresses', { uniqueness: 'none' }, /^addresses\.uniqueness: /],
  ['addresses', { ranges: [] }, /^addresses\.ranges: /],
  ['addresses', { ranges: ['10.0.0.0/8', 'fd00::/8'] }, /^addresses\.ranges\[1\]: .*IPv6/],
  ['addresses', { ranges: Array.from({ length: 101 }, () => '10.0.0.0/8') }, /^addresses\.ranges: /],
  ['addresses', { reserved: ['10.0.0.0/33'] }, /^addresses\.reserved\[0\]: .*above 32/],
  ['addresses', { quarantine: 'long' }, /^addresses\.quarantine: a duration is/],
  ['addresses', { sharding: 'per-organization' }, /^addresses\.sharding: /],
  ['addresses', { ranges: '10.0.0.0/8' }, /^addresses\.ranges: .*array/],
  ['acceptance', { reminders: ['1 day', 'soon'] }, /^acceptance\.reminders\[1\]: a duration is/],
  ['acceptance', { reminders: Array.from({ length: 21 }, () => '1 day') }, /^acceptance\.reminders: /],
  ['acceptance', { rounds: 0 }, /^acceptance\.rounds: /],
  ['acceptance', { rounds: 11 }, /^acceptance\.rounds: /],
  ['acceptance', { rounds: 1.5 }, /^acceptance\.rounds: /],
  ['acceptance', { observeEvery: '0 seconds' }, /^acceptance\.observeEvery: a duration is/],
  ['acceptance', { observeEvery: 60 }, /^acceptance\.observeEvery: /],
  ['maintenance', { repair: 'never' }, /^maintenance\.repair: /],
  ['maintenance', { repairs: 'report' }, /^maintenance: .*repairs/],
  ['maintenance', { sweep: 'always' }, /^maintenance\.sweep: /],
  ['maintenance', { sweepEvery: 'often' }, /^maintenance\.sweepEvery: a duration is/],
  ['maintenance', { changesPerHour: 0 }, /^maintenance\.changesPerHour: /],
  ['maintenance', { changesPerHour: 10_001 }, /^maintenance\.changesPerHour: /],
  ['maintenance', { paused: 'yes' }, /^maintenance\.paused: /],
  ['notifications', { webhookUrl: 'receiver.example/hook' }, /^notifications\.webhookUrl: /],
  ['notifications', { webhookUrl: 'file:///etc/passwd' }, /^notifications\.webhookUrl: /],
  ['notifications', { webhookUrl: '' }, /^notifications\.webhookUrl: /],
  ['notifications', { webhookUrl: `https://a.example/${'x'.repeat(2048)}` }, /^notifications\.webhookUrl: /],
  ['notifications', { allowPrivateTarget: 'yes' }, /^notifications\.allowPrivateTarget: /],
  ['notifications', { webhook: 'https://a.example' }, /^notifications: .*webhook/],
];

describe('a wrong configuration', () => {
  it.each(WRONG)('is told by its path: %s %j', (section, given, problem) => {
    const problems = problemsOf({ [section]: given });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('has every problem told at once', () => {
    const ones = WRONG.map(([section, given]) => ({ section, given, key: Object.keys(given)[0] ?? '' }));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...ones), {
          minLength: 2,
          maxLength: 6,
          selector: ({ section, key }) => `${section}.${key}`,
        }),
        (picked) => {
          const sections: Sections = {};
          for (const { section, given } of picked) sections[section] = { ...sections[section], ...given };
          expect(problemsOf(sections).sort()).toEqual(
            picked.flatMap(({ section, given }) => problemsOf({ [section]: given })).sort(),
          );
        },
      ),
    );
  });

  it.each([[null], [[]], ['text'], [42], [undefined]])('is refused as a whole when it is %j', (input) => {
    const result = parseSettings(input, 'default');
    expect(result.ok ? [] : result.problems).toEqual([expect.stringMatching(/^\(whole file\): .*object/)]);
  });

  it('has shards that share addresses, or lack the preferred block, told', () => {
    const of = (ranges: string[]): string[] => problemsOf({ addresses: { sharding: 'per-range', ranges } });
    expect(of(['10.200.0.0/16', '172.24.0.0/14'])).toEqual([]);
    expect(of(['10.200.0.0/16', '172.24.0.0/14', '10.0.0.0/8'])).toEqual([
      'addresses.sharding: 10.200.0.0/16 and 10.0.0.0/8 overlap, and each is to be a shard of its own',
    ]);
    expect(of(['172.24.0.0/14'])).toEqual([
      'addresses.sharding: 10.200.0.0/25, the preferred block, has to lie in one of the ranges, which are the shards',
    ]);
  });

  it('names an unknown section, and a missing one', () => {
    const result = parseSettings({ extra: 1 }, 'default');
    const problems = result.ok ? [] : result.problems;
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).toMatch(/provider: .*\n?\(whole file\): .*extra/);
  });

  it('is told to be no JSON when it is none', () => {
    const result = parseSettingsText('{ "provider": ', 'default');
    expect(result.ok ? [] : result.problems).toEqual([expect.stringMatching(/^not JSON: /)]);
  });

  it('never throws, whatever is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseSettings(value, 'default').ok).toBe(false);
        expect(parseSettingsText(JSON.stringify(value), 'default').ok).toBe(false);
      }),
    );
  });
});
