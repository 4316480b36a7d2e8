/**
 * Whether IAM would allow a call, for as much of its language as our policies use; whatever else is refused as unknown.
 * Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
 */
import type { PolicyDocument, PolicyStatement } from '../../../client/iam/policy.js';

/** One resource that a call is about, with the condition keys that AWS gives for it. */
export interface AuthorizedResource {
  readonly arn: string;
  /** By key; several values only where the key has several, such as `aws:TagKeys`. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** A call is allowed when each of its resources is, by whichever statement. */
export function isAllowed(
  policy: PolicyDocument,
  action: string,
  resources: readonly AuthorizedResource[],
): boolean {
  return resources.every((resource) =>
    policy.Statement.some(
      (statement) =>
        [statement.Action].flat().includes(action) &&
        [statement.Resource].flat().some((pattern) => matches(pattern, resource.arn)) &&
        holds(statement.Condition ?? {}, resource),
    ),
  );
}

type Test = (wanted: readonly string[], seen: readonly string[] | undefined) => boolean;

const isOneOf: Test = (wanted, seen) => seen?.some((value) => wanted.includes(value)) === true;

const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: isOneOf,
  StringEqualsIfExists: (wanted, seen) => seen === undefined || isOneOf(wanted, seen),
  // Both hold, as in AWS, where the key is not there at all.
  'ForAllValues:StringEquals': (wanted, seen = []) => seen.every((value) => wanted.includes(value)),
  ArnNotLike: (wanted, seen = []) => !seen.some((arn) => wanted.some((pattern) => matches(pattern, arn))),
};

function holds(condition: NonNullable<PolicyStatement['Condition']>, resource: AuthorizedResource): boolean {
  return Object.entries(condition).every(([operator, keys]) => {
    const test = OPERATORS[operator];
    if (test === undefined) throw new Error(`the evaluator does not know ${operator}`);
    return Object.entries(keys).every(([key, wanted]) => {
      const seen = resource.context[key];
      return test([wanted].flat(), seen === undefined ? undefined : [seen].flat());
    });
  });
}

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(text);
}
