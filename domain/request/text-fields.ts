import { z } from 'zod';
import { providerBlockProblem } from '../addresses/provider-space.js';
import { quoted } from '../quoting.js';
import { NEWER_REGIONS, REGION_NAME, regionNameProblem } from '../regions/region-names.js';
import { REGIONS } from '../regions/regions.js';
import { kindOf } from './problems.js';

const LONGEST_NAME = 128;

/** What hides, reorders or breaks the text around it: controls, lone surrogates, line separators, bidi overrides. */
const UNSAFE_IN_NAME = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Why this cannot be a customer's name, or null. The length comes first: the name may have millions of characters. */
function customerNameProblem(name: string): string | null {
  // A character is one or two UTF-16 units; beyond that it is too long however it is counted.
  if (name.length > 2 * LONGEST_NAME || Array.from(name).length > LONGEST_NAME) {
    return `must have at most ${LONGEST_NAME} characters`;
  }
  if (UNSAFE_IN_NAME.test(name)) {
    return `${quoted(name)} has control characters, line separators, lone surrogates or bidirectional overrides`;
  }
  return VISIBLE.test(name) ? null : 'must not be empty or blank';
}

const ORGANIZATION_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ACCOUNT_ID = /^[0-9]{12}$/;
const VPC_ID = /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

function matching(pattern: RegExp, expected: string): (text: string) => string | null {
  return (text) => (pattern.test(text) ? null : `${quoted(text)} is not ${expected}`);
}

/**
 * A required text whose problem, if any, is told by `problemOf`. What JSON Schema can say of such a rule stands beside it as
 * `meta`, for descriptions of the interface; it never refuses what the rule takes.
 */
function text(problemOf: (text: string) => string | null): z.ZodType<string> {
  return z
    .string({
      error: ({ input }) =>
        input === undefined || input === null ? 'is required' : `must be text, not ${kindOf(input)}`,
    })
    .check((context) => {
      const problem = problemOf(context.value);
      // Without the input, which zod would keep: it may have millions of characters.
      if (problem !== null) context.issues.push({ code: 'custom', message: problem, input: undefined });
    });
}

/** Which of them are known depends on the provider's configuration. */
const WRITTEN_REGION = { pattern: REGION_NAME.source, examples: [...REGIONS, ...NEWER_REGIONS] };

export const customerName = text(customerNameProblem).meta({
  description: 'Shown to people, and put on tags: visible text without control characters',
  minLength: 1,
  maxLength: LONGEST_NAME,
  examples: ['Acme'],
});
export const organizationId = text(
  matching(
    ORGANIZATION_ID,
    '1 to 64 letters, digits, dots, underscores and hyphens, a letter or digit first',
  ),
).meta({
  description: "The customer's id at the provider",
  pattern: ORGANIZATION_ID.source,
  examples: ['org-42'],
});
export const awsAccountId = text(
  matching(ACCOUNT_ID, 'an AWS account number, which is a text of 12 digits'),
).meta({
  description: 'The only account whose acceptance counts',
  pattern: ACCOUNT_ID.source,
  examples: ['444455556666'],
});
export const region = text(regionNameProblem).meta({
  description: "The AWS region of the customer's VPC: one with known round trips to the provider's",
  ...WRITTEN_REGION,
});
export const vpcId = text(matching(VPC_ID, 'a VPC id such as vpc-0a1b2c3d4e5f60718')).meta({
  description: 'The VPC to peer with',
  pattern: VPC_ID.source,
  examples: ['vpc-0a1b2c3d4e5f60718'],
});
export const providerRegion = text(regionNameProblem).meta({
  description: "An operator's wish; absent, the nearest of the provider's regions is taken",
  ...WRITTEN_REGION,
});
export const providerCidr = text(providerBlockProblem).meta({
  description:
    "An operator's wish for the provider's block; absent, one is chosen that overlaps nothing known",
  examples: ['10.200.0.0/25'],
});
