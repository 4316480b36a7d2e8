import { z } from 'zod';
import { describeProblems, pathText, type FieldProblem } from '../request/problems.js';
import { organizationId, vpcId } from '../request/text-fields.js';
import { tryParseBlock } from './blocks.js';

/** Ranges that an explanation may be asked to avoid. */
const MOST_AVOIDED = 1_000;
const LONGEST_WHY = 200;
const LONGEST_NAME = 128;

const cidr = z.string().superRefine((text, context) => {
  const parsed = tryParseBlock(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.problem });
});
const line = (longest: number): z.ZodString =>
  z
    .string()
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, 'must be one line of text')
    .max(longest);
const by = line(LONGEST_NAME);
/** An organization id, or `global`; null is left to the configuration, which knows it where it is `global`. */
const scope = organizationId.nullable();

const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('explain'),
    scope,
    avoid: z.array(cidr).max(MOST_AVOIDED),
    requested: cidr.nullable(),
  }),
  z.strictObject({ kind: z.literal('reserve'), scope, cidr, why: line(LONGEST_WHY), by }),
  z.strictObject({
    kind: z.literal('adopt'),
    connection: z.strictObject({ organizationId, vpcId }),
    cidr,
    by,
  }),
  z.strictObject({ kind: z.literal('release'), scope, cidr, by }),
]);

/** What an operator asks of the pools. Every field is as written, for the history: `by` is who asks. */
export type AddressOrder = z.output<typeof orderSchema>;

export type ParsedAddressOrder =
  { readonly ok: true; readonly order: AddressOrder } | { readonly ok: false; readonly problem: string };

/** Reads the argument of `manageAddresses`, whatever it is; names every wrong field at once. */
export function parseAddressOrder(input: unknown): ParsedAddressOrder {
  const parsed = orderSchema.safeParse(input);
  if (parsed.success) return { ok: true, order: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }): FieldProblem => ({
    field: pathText(path),
    problem: message,
  }));
  return { ok: false, problem: describeProblems(problems) };
}
