import { describe, expect, it } from '@jest/globals';
import { mostEntriesOf } from '../../domain/plan.js';
import { parseSettings, runSettingsOf, type RunSettings } from '../../domain/settings.js';

const configured = (provider: object): ReturnType<typeof parseSettings> =>
  parseSettings({ provider: { accountId: '111122223333', regions: ['eu-west-1'], ...provider } }, 'default');

function runSettings(provider: object = {}): RunSettings {
  const parsed = configured(provider);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return runSettingsOf(parsed.settings);
}

describe('provider.quotas', () => {
  it('is recorded with a run where it was raised, and leaves one rule of a network ACL to AWS', () => {
    const raised = runSettings({ quotas: { networkAclRules: 30 } });
    expect(raised.provider.quotas).toEqual({ networkAclRules: 30 });
    expect(mostEntriesOf(raised)).toBe(29);
  });

  it("is AWS's own where nothing is said, and not recorded", () => {
    expect(Object.keys(runSettings().provider)).not.toContain('quotas');
    expect(mostEntriesOf(runSettings())).toBe(19);
    expect(mostEntriesOf(runSettings({ quotas: {} }))).toBe(19);
  });

  it.each([19, 41, 20.5, '20', null])('takes no %p rules: AWS begins with 20 and raises to 40', (rules) => {
    expect(configured({ quotas: { networkAclRules: rules } })).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^provider\.quotas\.networkAclRules: /)],
    });
  });

  it('takes no quota that it does not know', () => {
    expect(configured({ quotas: { vpcs: 100 } })).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^provider\.quotas: .*vpcs/)],
    });
  });
});
