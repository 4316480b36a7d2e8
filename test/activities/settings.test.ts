import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createSettingsActivities } from '../../activities/settings.js';
import { testSettings } from '../harness/settings.js';

describe('loadSettings', () => {
  it('hands a run what it needs, and neither roles nor the ExternalId', async () => {
    const settings = testSettings();
    const secret = {
      roleArn: 'arn:aws:iam::111122223333:role/secret',
      externalId: 'secret-id',
      roles: { release: 'arn:aws:iam::111122223333:role/secret-too' },
    };
    const activities = createSettingsActivities({
      ...settings,
      provider: { ...settings.provider, ...secret },
    });
    const loaded = await new MockActivityEnvironment().run(() => activities.loadSettings());
    expect(loaded).toMatchObject({
      provider: { accountId: settings.provider.accountId, regions: settings.provider.regions },
      addresses: settings.addresses,
      acceptance: settings.acceptance,
      maintenance: settings.maintenance,
    });
    expect(JSON.stringify(loaded)).not.toContain('secret');
  });
});
