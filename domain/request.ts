import { z } from 'zod';
import type { AccessIntent } from './access/plan-access.js';
import { ALL_TCP, accessRules } from './request/access-rules.js';
import { avoidedCidrs } from './request/avoided-cidrs.js';
import { crossProblems, type ComparedFields, type RequestContext } from './request/cross-checks.js';
import { fieldName, isRecord, kindOf, pathText, type FieldProblem } from './request/problems.js';
import { rangeList, statedRanges } from './request/ranges.js';
import * as texts from './request/text-fields.js';

export { describeProblems, type FieldProblem } from './request/problems.js';
export { ANY_PROVIDER, type RequestContext } from './request/cross-checks.js';

/** A valid request with every default filled in. */
export interface PeeringRequest {
  customerName: string;
  organizationId: string;
  /** The customer's account, 12 digits: the only one whose acceptance counts. */
  awsAccountId: string;
  /** The AWS region of the customer's VPC. */
  region: string;
  vpcId: string;
  /** What the connectors should reach; nothing else is routed. */
  subnetCidrs: string[];
  /** All blocks of the customer's VPC; empty where they were not declared. */
  vpcCidrs: string[];
  /** What the customer's network uses elsewhere, which no block of the provider's may overlap; absent in requests of earlier versions. */
  avoidCidrs?: string[];
  access: AccessIntent[];
  dnsResolution: boolean;
  networkGovernance: 'vpc' | 'transit-gateway';
  /** An operator's wish; null leaves the choice to Causeway. */
  providerRegion: string | null;
  providerCidr: string | null;
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: PeeringRequest }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/** Ample: AWS takes 50 blocks for a VPC at most (Amazon VPC quotas). */
const MOST_VPC_RANGES = 200;

/** In the order of the interface's example, which is the order problems are told in. */
const FIELDS = {
  customerName: texts.customerName,
  organizationId: texts.organizationId,
  awsAccountId: texts.awsAccountId,
  region: texts.region,
  vpcId: texts.vpcId,
  subnetCidrs: statedRanges,
  vpcCidrs: rangeList({ largest: 16, smallest: 28, most: MOST_VPC_RANGES, examined: MOST_VPC_RANGES })
    .nullish()
    .transform((cidrs) => cidrs ?? []),
  avoidCidrs: avoidedCidrs.nullish().transform((cidrs) => cidrs ?? []),
  access: accessRules.nullish().transform((rules) => rules ?? [ALL_TCP]),
  dnsResolution: z
    .boolean({ error: ({ input }) => `must be true or false, not ${kindOf(input)}` })
    .nullish()
    .transform((wanted) => wanted ?? true),
  networkGovernance: z
    .enum(['vpc', 'transit-gateway'], { error: 'must be "vpc" or "transit-gateway"' })
    .nullish()
    .transform((governance) => governance ?? 'vpc'),
  providerRegion: texts.providerRegion.nullish().transform((region) => region ?? null),
  providerCidr: texts.providerCidr.nullish().transform((cidr) => cidr ?? null),
};

/** The fields alone, and what JSON Schema can say of them; `parseRequest` has the rules between them too. */
export const requestSchema: z.ZodType<PeeringRequest> = z
  .object(FIELDS)
  .meta({ title: 'PeeringRequest', additionalProperties: false });
const FIELD_NAMES = Object.keys(FIELDS);
const REQUIRED = 'customerName, organizationId, awsAccountId, region, vpcId and subnetCidrs';
const MOST_UNKNOWN_NAMED = 50;

function unknownFields(input: Record<string, unknown>): FieldProblem[] {
  const unknown = Object.keys(input).filter((key) => !FIELD_NAMES.includes(key));
  const named = unknown
    .slice(0, MOST_UNKNOWN_NAMED)
    .map((key) => ({ field: fieldName(key), problem: 'is not a known field' }));
  const left = unknown.length - named.length;
  return left === 0 ? named : [...named, { field: 'request', problem: `has ${left} more unknown fields` }];
}

function validOf<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Each compared field by itself, so that one wrong field does not hide what is wrong between others. */
function comparedFieldsOf(input: Record<string, unknown>): ComparedFields {
  return {
    awsAccountId: validOf(FIELDS.awsAccountId, input.awsAccountId),
    region: validOf(FIELDS.region, input.region),
    subnetCidrs: validOf(FIELDS.subnetCidrs, input.subnetCidrs),
    vpcCidrs: validOf(FIELDS.vpcCidrs, input.vpcCidrs),
    avoidCidrs: validOf(FIELDS.avoidCidrs, input.avoidCidrs),
    access: validOf(FIELDS.access, input.access),
    providerRegion: validOf(FIELDS.providerRegion, input.providerRegion),
    providerCidr: validOf(FIELDS.providerCidr, input.providerCidr),
  };
}

/** Sorted by the order of the fields; sorting is stable, so one field's problems stay in order. */
function inFieldOrder(problems: readonly FieldProblem[]): FieldProblem[] {
  const place = ({ field }: FieldProblem): number => FIELD_NAMES.findIndex((name) => field.startsWith(name));
  return [...problems].sort((a, b) => place(a) - place(b));
}

/**
 * Reads the argument of `provisionPeering`, whatever it is. Names every wrong field at once, also where fields do
 * not fit each other or the provider; null stands for absent in optional fields.
 * Source of the rules: docs of the interface, "InvalidRequest".
 */
export function parseRequest(input: unknown, context: RequestContext): ParsedRequest {
  if (!isRecord(input)) {
    return {
      ok: false,
      problems: [{ field: 'request', problem: `must be an object with ${REQUIRED}, not ${kindOf(input)}` }],
    };
  }
  const parsed = requestSchema.safeParse(input);
  const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    field: pathText(path),
    problem: message,
  }));
  const between = crossProblems(parsed.success ? parsed.data : comparedFieldsOf(input), context);
  const problems = [...inFieldOrder([...wrong, ...between]), ...unknownFields(input)];
  return problems.length === 0 && parsed.success
    ? { ok: true, request: parsed.data }
    : { ok: false, problems };
}
