import { z } from 'zod';
import type { PeeringRequest } from '../request.js';
import { accessRules } from './access-rules.js';
import { crossProblems, type RequestContext } from './cross-checks.js';
import { fieldName, isRecord, kindOf, pathText, type FieldProblem } from './problems.js';
import { statedRanges } from './ranges.js';

const MOST_SENDER_LENGTH = 256;

const FIELDS = {
  subnetCidrs: statedRanges.nullish(),
  access: accessRules.nullish(),
  by: z.string('must be text').max(MOST_SENDER_LENGTH).nullish(),
};
const FIELD_NAMES = Object.keys(FIELDS);
/** The fields alone, and what JSON Schema can say of them; `readAccessChange` tells what is wrong with a whole change. */
export const changeSchema = z
  .object(FIELDS)
  .meta({ title: 'AccessChange', additionalProperties: false, minProperties: 1 });

/** What the change is held against: the connection as it is. */
export interface ChangeContext extends RequestContext {
  readonly request: PeeringRequest;
  readonly providerCidr: string;
}

export type ParsedChange =
  | { readonly ok: true; readonly request: PeeringRequest; readonly by: string | null }
  | { readonly ok: false; readonly problems: FieldProblem[] };

type ChangeFields = z.output<typeof changeSchema>;

export type ReadChange =
  | { readonly ok: true; readonly change: ChangeFields }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/** Reads a change, whatever it is, as far as that goes without the connection that is to be changed. */
export function readAccessChange(input: unknown): ReadChange {
  const { change, problems } = readFields(input);
  return change !== null && problems.length === 0 ? { ok: true, change } : { ok: false, problems };
}

/** Reads the argument of the update `changeAccess`, whatever it is: the request as it is after the change. */
export function parseAccessChange(input: unknown, context: ChangeContext): ParsedChange {
  const { change, problems: own } = readFields(input);
  if (change === null) return { ok: false, problems: own };
  const { subnetCidrs, access, by } = change;
  const request: PeeringRequest = {
    ...context.request,
    subnetCidrs: subnetCidrs ?? context.request.subnetCidrs,
    access: access ?? context.request.access,
  };
  const between = crossProblems(
    // Where both sides are is decided, whatever the configuration knows of regions today; and the VPC may have grown since:
    // whether its blocks hold the ranges is judged by what AWS shows then.
    {
      ...request,
      region: undefined,
      vpcCidrs: [],
      providerRegion: null,
      providerCidr: context.providerCidr,
    },
    context,
  );
  const problems = [...own, ...between];
  return problems.length === 0 ? { ok: true, request, by: by ?? null } : { ok: false, problems };
}

/** The fields, null unless each is valid by itself, and what is wrong all the same. */
function readFields(input: unknown): { change: ChangeFields | null; problems: FieldProblem[] } {
  if (!isRecord(input)) {
    const problem = `must be an object with subnetCidrs, access or both, not ${kindOf(input)}`;
    return { change: null, problems: [{ field: 'change', problem }] };
  }
  const unknown = Object.keys(input)
    .filter((key) => !FIELD_NAMES.includes(key))
    .map((key) => ({ field: fieldName(key), problem: 'cannot be changed; only subnetCidrs and access can' }));
  const parsed = changeSchema.safeParse(input);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => ({
      field: pathText(path),
      problem: message,
    }));
    return { change: null, problems: [...wrong, ...unknown] };
  }
  const { subnetCidrs, access } = parsed.data;
  if (unknown.length === 0 && (subnetCidrs ?? access ?? null) === null) {
    const problem = 'must have subnetCidrs, access or both; it has neither';
    return { change: null, problems: [{ field: 'change', problem }] };
  }
  return { change: parsed.data, problems: unknown };
}
