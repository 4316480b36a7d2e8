import { tryParseBlock } from '../domain/addresses/blocks.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import type {
  AdoptBlock,
  BatchedAllocation,
  BatchedOrder,
  PoolBatch,
  ReleaseBlock,
  ReportQuestion,
  ReserveRange,
} from './pool.js';

/**
 * What is refused before it is written to a pool's history: each function says what is wrong, or null. The activity asks
 * first, for one wrong order must not fail the others of its batch; the pool asks again, for anyone may send it Updates.
 */

/** Orders of one batch. */
export const MOST_ORDERS = 512;
/** Twice what a request may name: subnets and VPC ranges, and every range of the provider that was tried. */
const MOST_AVOIDED = 1_000;
const MOST_RANGES = 100;
const MOST_RESERVED = 1_000;
const LONGEST_HOLDER = 200;
const LONGEST_WHY = 200;
const LONGEST_QUARANTINE_MS = 100_000 * 86_400_000;

/** Printable, without white space: a name stands in reports, logs and on terminals. */
const HOLDER = new RegExp(`^[\\x21-\\x7e]{1,${LONGEST_HOLDER}}$`);
const PLAIN_LINE = new RegExp(`^[^\\x00-\\x1f\\x7f-\\x9f]{1,${LONGEST_WHY}}$`, 'u');

export function batchProblem(batch: PoolBatch): string | null {
  if (!isObject(batch) || !isList(batch.orders) || !isList(batch.policies))
    return 'a list of policies and one of orders';
  const { orders, policies } = batch;
  if (orders.length === 0 || orders.length > MOST_ORDERS)
    return `orders: 1 to ${MOST_ORDERS}, not ${orders.length}`;
  if (policies.length > orders.length) return 'policies: more than orders';
  return (
    firstProblem(policies, policyProblem) ??
    firstProblem(orders, (order) => orderProblem(order) ?? policyIndexProblem(order, policies.length))
  );
}

/** Of one order, whichever it is; which policy it names is the batch's to judge. */
export function orderProblem(order: BatchedOrder): string | null {
  if (!isObject(order)) return 'an order';
  return 'wasActive' in order && !('avoid' in order) ? releaseProblem(order) : allocationProblem(order);
}

/** Of a release; one that comes alone is judged alike. */
export function releaseProblem({ holder, wasActive, quarantineMs }: ReleaseBlock): string | null {
  if (typeof wasActive !== 'boolean') return 'wasActive: true or false';
  return holderProblem(holder) ?? quarantineProblem(quarantineMs);
}

function allocationProblem(order: BatchedAllocation): string | null {
  const { holder, avoid, requested, passOn, wasActive, quarantineMs } = order;
  if (!isList(avoid) || avoid.length > MOST_AVOIDED) return `avoid: a list of at most ${MOST_AVOIDED} ranges`;
  if (!isAbsentOr(passOn, 'boolean') || !isAbsentOr(wasActive, 'boolean'))
    return 'passOn, wasActive: true or false';
  return (
    holderProblem(holder) ??
    firstProblem(avoid, cidrProblem) ??
    (requested === undefined ? null : cidrProblem(requested)) ??
    (quarantineMs === undefined ? null : quarantineProblem(quarantineMs))
  );
}

function policyIndexProblem(order: BatchedOrder, policies: number): string | null {
  if (!('avoid' in order)) return null;
  const { policy = 0 } = order;
  return Number.isInteger(policy) && policy >= 0 && policy < policies
    ? null
    : 'policy: not one of the policies';
}

export function adoptProblem(order: AdoptBlock): string | null {
  return isObject(order) ? (holderProblem(order.holder) ?? cidrProblem(order.cidr)) : 'a holder and a cidr';
}

export function reserveProblem(order: ReserveRange): string | null {
  if (!isObject(order)) return 'a cidr and why';
  if (typeof order.why !== 'string' || !PLAIN_LINE.test(order.why))
    return `why: a line of 1 to ${LONGEST_WHY} characters`;
  return cidrProblem(order.cidr);
}

export function unreserveProblem(order: { cidr: string }): string | null {
  return isObject(order) ? cidrProblem(order.cidr) : 'a cidr';
}

export function reportProblem(question: ReportQuestion): string | null {
  if (!isObject(question)) return 'a policy, and where to begin';
  const { policy, from = 0, now = 0 } = question;
  if (!Number.isSafeInteger(from) || from < 0) return 'from: a number of entries';
  if (!Number.isSafeInteger(now) || now < 0) return 'now: ms since the epoch';
  return policy === undefined ? null : policyProblem(policy);
}

/** Its blocks may be unusable, which the pool says itself; it is bounded and of text here. */
export function policyProblem(policy: AddressPolicy): string | null {
  if (!isObject(policy)) return 'policy: preferred, prefixLength, ranges and reserved';
  const { preferred, prefixLength, ranges, reserved } = policy;
  if (!Number.isInteger(prefixLength)) return 'policy.prefixLength: a number';
  if (!isList(ranges) || ranges.length > MOST_RANGES) return `policy.ranges: at most ${MOST_RANGES}`;
  if (!isList(reserved) || reserved.length > MOST_RESERVED)
    return `policy.reserved: at most ${MOST_RESERVED}`;
  return firstProblem([preferred, ...ranges, ...reserved], cidrProblem);
}

function holderProblem(holder: unknown): string | null {
  return typeof holder === 'string' && HOLDER.test(holder)
    ? null
    : `holder: a connection name of 1 to ${LONGEST_HOLDER} printable characters`;
}

function quarantineProblem(ms: unknown): string | null {
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0 && ms <= LONGEST_QUARANTINE_MS
    ? null
    : 'quarantineMs: a number of ms';
}

function cidrProblem(cidr: unknown): string | null {
  if (typeof cidr !== 'string') return 'a range such as 10.0.0.0/16';
  const parsed = tryParseBlock(cidr);
  return parsed.ok ? null : parsed.problem;
}

function firstProblem<T>(all: readonly T[], problemOf: (one: T) => string | null): string | null {
  for (const one of all) {
    const problem = problemOf(one);
    if (problem !== null) return problem;
  }
  return null;
}

/** The types promise it; a sender that is not ours may break the promise. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function isAbsentOr(value: unknown, type: 'boolean'): boolean {
  return value === undefined || typeof value === type;
}
