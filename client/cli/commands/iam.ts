import { PROVIDER_PURPOSES, type ProviderPurpose } from '../../../contract/provider-check.js';
import { quoted } from '../../../domain/quoting.js';
import { temporalPlace } from '../../connect.js';
import { providerPolicy } from '../../iam/provider-policy.js';
import { settingsIn } from '../configuration.js';
import type { CliContext } from '../context.js';
import { badInput } from '../exit-status.js';
import { renderPolicies } from '../render/policies.js';
import { present } from '../screen.js';

/** `causeway iam`: what the worker's roles have to be allowed in AWS. Asks neither Temporal nor AWS. */
export async function iam({ role }: { role?: string }, { environment, screen }: CliContext): Promise<void> {
  const purpose = role === undefined ? null : knownRole(role);
  const { provider } = await settingsIn(environment.configPath, temporalPlace().namespace);
  if (purpose !== null) {
    const policy = providerPolicy(purpose, provider);
    present(screen, policy, () => JSON.stringify(policy, null, 2));
    return;
  }
  const policies = Object.fromEntries(
    PROVIDER_PURPOSES.map((each) => [each, providerPolicy(each, provider)]),
  );
  present(screen, policies, (look) => renderPolicies(look, policies));
}

function knownRole(text: string): ProviderPurpose {
  const known = PROVIDER_PURPOSES.find((purpose) => purpose === text);
  if (known !== undefined) return known;
  throw badInput(`${quoted(text)} is no role; give one of ${PROVIDER_PURPOSES.join(', ')}`);
}
