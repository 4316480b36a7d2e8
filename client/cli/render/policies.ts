import type { PolicyDocument } from '../../iam/policy.js';
import type { Look } from './look.js';

/** Each role's policy under the name of the role. */
export function renderPolicies({ colors }: Look, policies: Readonly<Record<string, PolicyDocument>>): string {
  return Object.entries(policies)
    .map(([role, policy]) => `${colors.bold(role)}\n${JSON.stringify(policy, null, 2)}`)
    .join('\n\n');
}
