import { shown } from '../quoting.js';

/** What is wrong with one field; `field` is a path such as `subnetCidrs[3]` or `access[0].ports[1]`. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

const LONGEST_DESCRIPTION = 4_000;
/**
 * What is shown of each top-level field, the first of these by which all fields have room: how many problems, and how long
 * each may be. The longest is a refusal that says what would be taken instead.
 */
const EXTENTS = [
  { most: 5, longest: 300 },
  { most: 3, longest: 300 },
  { most: 1, longest: 300 },
  { most: 1, longest: 270 },
] as const;

type Extent = (typeof EXTENTS)[number];

/** Room for the last words, "; and 10000 more fields". */
const ROOM_FOR_THE_REST = 40;

function topLevelOf(field: string): string {
  return /^[^.[]+/.exec(field)?.[0] ?? field;
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function describeGroup(
  topLevel: string,
  problems: readonly FieldProblem[],
  { most, longest }: Extent,
): string {
  const listed = problems.slice(0, most).map(({ field, problem }) => cut(`${field}: ${problem}`, longest));
  if (problems.length > most) listed.push(`${topLevel}: and ${problems.length - most} more`);
  return listed.join('; ');
}

/**
 * All problems on one line of at most 4,000 characters. Every wrong field is named, at most 5 of its problems
 * listed; only unknown fields by the hundred are counted instead.
 */
export function describeProblems(problems: readonly FieldProblem[]): string {
  const groups = new Map<string, FieldProblem[]>();
  for (const problem of problems) {
    const topLevel = topLevelOf(problem.field);
    const group = groups.get(topLevel);
    if (group === undefined) groups.set(topLevel, [problem]);
    else group.push(problem);
  }
  let parts: string[] = [];
  for (const extent of EXTENTS) {
    parts = [...groups].map(([topLevel, group]) => describeGroup(topLevel, group, extent));
    const whole = parts.join('; ');
    if (whole.length <= LONGEST_DESCRIPTION) return whole;
  }
  let text = '';
  for (const [index, part] of parts.entries()) {
    const longer = index === 0 ? part : `${text}; ${part}`;
    if (longer.length > LONGEST_DESCRIPTION - ROOM_FOR_THE_REST)
      return `${text}; and ${parts.length - index} more fields`;
    text = longer;
  }
  return text;
}

/** A caller's own name for a field, as part of a path: as it is where that is plain, else quoted and cut. */
export function fieldName(key: string): string {
  return /^\w{1,60}$/.test(key) ? key : `"${shown(key)}"`;
}

/** What a value is, in words for the caller; never the value, which may be of any size. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Whether the value is an object with fields, as JSON has them. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a problem is, as people write it: `access[0].ports[1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
}
