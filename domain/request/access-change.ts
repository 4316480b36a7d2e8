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
const changeSchema = z.object(FIELDS);

/** What the change is held against: the connection as it is. */
export interface ChangeContext extends RequestContext {
  readonly request: PeeringRequest;
  readonly providerCidr: string;
}

export type ParsedChange =
  | { readonly ok: true; readonly request: PeeringRequest; readonly by: string | null }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/** Reads the argument of the update `changeAccess`, whatever it is: the request as it is after the change. */
export function parseAccessChange(input: unknown, context: ChangeContext): ParsedChange {
  if (!isRecord(input)) {
    const problem = `must be an object with subnetCidrs, access or both, not ${kindOf(input)}`;
    return { ok: false, problems: [{ field: 'change', problem }] };
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
    return { ok: false, problems: [...wrong, ...unknown] };
  }
  const { subnetCidrs, access, by } = parsed.data;
  if (unknown.length === 0 && (subnetCidrs ?? access ?? null) === null) {
    return {
      ok: false,
      problems: [{ field: 'change', problem: 'must have subnetCidrs, access or both; it has neither' }],
    };
  }
  const request: PeeringRequest = {
    ...context.request,
    subnetCidrs: subnetCidrs ?? context.request.subnetCidrs,
    access: access ?? context.request.access,
  };
  const between = crossProblems(
    { ...request, providerRegion: null, providerCidr: context.providerCidr },
    context,
  );
  const problems = [...unknown, ...between];
  return problems.length === 0 ? { ok: true, request, by: by ?? null } : { ok: false, problems };
}
