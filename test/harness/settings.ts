import { parseSettings, type WorkerSettings } from '../../domain/settings.js';
import { PROVIDER } from './emulator.js';

/** Settings of a test's worker: the defaults, but for what the test is about. */
export function testSettings(
  overrides: {
    observeEvery?: string;
    rounds?: number;
    roleArn?: string;
    tags?: Record<string, string>;
    roundTripMs?: Record<string, Record<string, number>>;
    regions?: string[];
    quotas?: Record<string, unknown>;
    addresses?: Record<string, unknown>;
    maintenance?: Record<string, unknown>;
  } = {},
): WorkerSettings {
  const parsed = parseSettings(
    {
      provider: {
        accountId: PROVIDER,
        regions: overrides.regions ?? ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
        roleArn: overrides.roleArn ?? null,
        tags: overrides.tags ?? {},
        ...(overrides.roundTripMs === undefined ? {} : { roundTripMs: overrides.roundTripMs }),
        transitGatewayUrl: 'https://provider.example/transit-gateway',
        ...(overrides.quotas === undefined ? {} : { quotas: overrides.quotas }),
      },
      addresses: overrides.addresses ?? {},
      maintenance: overrides.maintenance ?? {},
      acceptance: { observeEvery: overrides.observeEvery ?? '1 minute', rounds: overrides.rounds ?? 2 },
    },
    'default',
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.settings;
}
