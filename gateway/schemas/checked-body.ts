import { z } from '@hono/zod-openapi';
import type { FieldProblem } from '../../domain/request.js';

/** Deeper than any request is; what is nested deeper is refused before its fields are looked at. */
const DEEPEST = 8;

type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: FieldProblem[] };

/**
 * A body that is read by the same function as the argument of the workflow, and described by the same schema.
 *
 * @param name under which the description stands in the OpenAPI document
 * @param described the fields, with what JSON Schema can say of them
 */
export function checkedBody<T>(
  name: string,
  described: z.ZodType,
  parse: (input: unknown) => Parsed<T>,
): z.ZodType<T> {
  return z
    .unknown()
    .transform((input, context): T => {
      const parsed: Parsed<T> = isDeeper(input, DEEPEST)
        ? { ok: false, problems: [{ field: 'body', problem: `is nested deeper than ${DEEPEST} levels` }] }
        : parse(input);
      if (parsed.ok) return parsed.value;
      for (const { field, problem } of parsed.problems)
        context.issues.push({ code: 'custom', message: problem, path: [field], input: undefined });
      return z.NEVER;
    })
    .meta({ ...jsonSchemaOf(described), id: name });
}

/** What callers send, as JSON Schema 2020-12, which OpenAPI 3.1 uses as it is. */
function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const described: Record<string, unknown> = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  delete described['$schema'];
  return described;
}

/** A body is 16 KB at most, so the recursion ends early. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner: unknown) => isDeeper(inner, levels - 1));
}
