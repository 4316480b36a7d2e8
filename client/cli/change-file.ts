import type { AccessChange } from '../../contract/messages.js';
import { writtenAccess } from '../../domain/access/written-access.js';
import { accessRules } from '../../domain/request/access-rules.js';
import { describeProblems, type FieldProblem } from '../../domain/request.js';
import { fieldName, isRecord, kindOf, pathText } from '../../domain/request/problems.js';
import { statedRanges } from '../../domain/request/ranges.js';
import { CausewayError } from '../causeway-error.js';
import { readJson } from './input.js';

const FIELDS = { subnetCidrs: statedRanges.nullish(), access: accessRules.nullish() };

/**
 * Reads `{ "subnetCidrs"?: […], "access"?: […] }` from a file, or from standard input for `-`, and refuses what cannot be
 * right whatever the connection is.
 *
 * @throws CliError bad input, when it is no readable JSON
 * @throws CausewayError `InvalidRequest`, naming every wrong field
 */
export async function readChange(file: string): Promise<Omit<AccessChange, 'by'>> {
  const { name, input } = await readJson(file);
  if (!isRecord(input)) throw invalid(name, [problem(`must be an object, not ${kindOf(input)}`)]);
  const subnetCidrs = FIELDS.subnetCidrs.safeParse(input['subnetCidrs']);
  const access = FIELDS.access.safeParse(input['access']);
  const problems = [
    ...problemsOf('subnetCidrs', subnetCidrs.error),
    ...problemsOf('access', access.error),
    ...Object.keys(input)
      .filter((key) => !Object.hasOwn(FIELDS, key))
      .map((key) => ({ field: fieldName(key), problem: 'cannot be changed; subnetCidrs and access can' })),
  ];
  const nothing = problems.length === 0 && (subnetCidrs.data ?? access.data ?? null) === null;
  if (nothing) problems.push(problem('has neither subnetCidrs nor access'));
  if (problems.length > 0) throw invalid(name, problems);
  return {
    ...(subnetCidrs.data ? { subnetCidrs: subnetCidrs.data } : {}),
    ...(access.data ? { access: writtenAccess(access.data) } : {}),
  };
}

function problemsOf(
  field: string,
  error: { issues: { path: PropertyKey[]; message: string }[] } | undefined,
): FieldProblem[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    field: pathText([field, ...path]),
    problem: message,
  }));
}

function problem(what: string): FieldProblem {
  return { field: 'change', problem: what };
}

function invalid(name: string, problems: readonly FieldProblem[]): CausewayError {
  return new CausewayError(
    'InvalidRequest',
    `${name} is no valid change: ${describeProblems(problems)}; correct it and try again`,
  );
}
