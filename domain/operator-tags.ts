import { z } from 'zod';
import { fieldName, isRecord, kindOf } from './request/problems.js';

/** AWS takes 50 for a resource: this leaves room for ours, and for those that the organization itself puts on. */
const MOST_TAGS = 40;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/** Keys that are somebody's already. AWS reserves its own in any case, and IAM's conditions do not tell ours apart by case. */
function isTaken(key: string): boolean {
  return /^(?:aws|causeway):/i.test(key) || key === 'Name';
}

/** AWS counts characters, of which one is one or two UTF-16 units. */
function isLonger(text: string, most: number): boolean {
  return text.length > 2 * most || Array.from(text).length > most;
}

function keyProblem(key: string): string | null {
  if (key === '' || isLonger(key, LONGEST_KEY)) return `a key has 1 to ${LONGEST_KEY} characters`;
  if (UNWRITABLE.test(key)) return 'a key has no control characters';
  return isTaken(key) ? 'is not free: aws: is for AWS, and causeway: and Name are for Causeway' : null;
}

function valueProblem(value: unknown): string | null {
  if (typeof value !== 'string') return `must be text, not ${kindOf(value)}`;
  if (isLonger(value, LONGEST_VALUE)) return `a value has at most ${LONGEST_VALUE} characters`;
  return UNWRITABLE.test(value) ? 'a value has no control characters' : null;
}

/**
 * The operator's own tags, `{ "cost-centre": "4711" }`. Every problem is an issue with its key as path.
 * Source: Amazon EC2 User Guide, "Tag your Amazon EC2 resources", tag restrictions.
 */
export const operatorTags: z.ZodType<Record<string, string>> = z.unknown().transform((value, context) => {
  const report = (path: string[], message: string): void => {
    context.issues.push({ code: 'custom', message, path, input: undefined });
  };
  if (!isRecord(value)) {
    report([], `must be an object such as { "cost-centre": "4711" }, not ${kindOf(value)}`);
    return {};
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_TAGS) {
    report(
      [],
      `has ${entries.length} tags; at most ${MOST_TAGS} are allowed, for Causeway has some of its own`,
    );
    return {};
  }
  const tags: [string, string][] = [];
  for (const [key, text] of entries) {
    const problem = keyProblem(key) ?? valueProblem(text);
    if (problem !== null) report([fieldName(key)], problem);
    else if (typeof text === 'string') tags.push([key, text]);
  }
  return Object.fromEntries(tags);
});
