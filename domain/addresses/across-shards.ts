import type { BlockExplanation, BlockGrant } from './block-order.js';
import type { AddressPolicy } from './choose-block.js';
import type { Rejection } from './rejections.js';
import type { Shard } from './shards.js';

const MOST_REJECTIONS = 50;
const MOST_RUNNERS_UP = 3;

/** What a shard answered. */
export interface ShardAnswer<Answer> {
  readonly shard: Shard;
  readonly answer: Answer;
}

/** A shard's grant in terms of the whole policy, by which its sentences are made. */
export function grantOfWhole(
  { shard, answer }: ShardAnswer<BlockGrant>,
  refusals: readonly ShardAnswer<BlockGrant>[] = [],
): BlockGrant {
  if (
    shard.range === null ||
    shard.hasPreferred ||
    answer.because === 'held' ||
    answer.because === 'requested'
  ) {
    return shard.range === null || answer.range === undefined ? answer : { ...answer, range: shard.range };
  }
  const passedOver = preferredRefusal(refusals)?.answer.passedOver;
  return {
    cidr: answer.cidr,
    because: answer.because === 'preferred' ? 'first-free' : answer.because,
    range: shard.range,
    ...(passedOver === undefined ? {} : { passedOver }),
    ...(answer.rejected === undefined ? {} : { rejected: answer.rejected }),
  };
}

/** Where no shard has room. */
export function noneFreeAcross(refusals: readonly ShardAnswer<BlockGrant>[]): BlockGrant {
  const [first] = refusals;
  if (first === undefined) return { cidr: null, because: 'none-free' };
  const passedOver = preferredRefusal(refusals)?.answer.passedOver;
  return {
    cidr: null,
    because: first.answer.because,
    ...(passedOver === undefined ? {} : { passedOver }),
    rejected: refusals.flatMap(({ answer }) => answer.rejected ?? []),
  };
}

/** A block asked for that no shard may give. */
export function outsideShards(requested: string): BlockGrant {
  return { cidr: null, because: 'requested-taken', rejected: [outsideRejection(requested)] };
}

function outsideRejection(requested: string): Rejection {
  const reason = `${requested} lies in none of the ranges, and with addresses.sharding "per-range" it has to`;
  return { cidr: requested, reason };
}

/** As the answers of the shards in turn add up: the first that has a block gives it, the others' are runners-up. */
export function explanationAcross(
  answers: readonly ShardAnswer<BlockExplanation>[],
  policy: AddressPolicy,
): BlockExplanation {
  const index = answers.findIndex(({ answer }) => answer.cidr !== null);
  const chosen = answers[index];
  const tried = index === -1 ? answers : answers.slice(0, index + 1);
  const rejected = tried.flatMap(({ answer }) => answer.rejected).slice(0, MOST_REJECTIONS);
  if (chosen === undefined) {
    const reasons = answers.flatMap(({ answer }) => answer.reasons);
    return { cidr: null, reasons, rejected, heldBefore: false, runnersUp: [] };
  }
  const { shard, answer } = chosen;
  const isOwn = shard.range === null || shard.hasPreferred || answer.heldBefore;
  const runnersUp = [
    ...answer.runnersUp,
    ...answers.slice(index + 1).flatMap(({ answer: { cidr } }) => (cidr === null ? [] : [cidr])),
  ];
  return {
    cidr: answer.cidr,
    reasons: isOwn
      ? answer.reasons
      : [
          ...(preferredRefusal(answers)?.answer.reasons.slice(0, 1) ?? []),
          `${answer.cidr ?? ''} is the first free /${policy.prefixLength} of ${shard.policy.ranges.join()}`,
        ],
    rejected,
    heldBefore: answer.heldBefore,
    runnersUp: answer.heldBefore ? [] : runnersUp.slice(0, MOST_RUNNERS_UP),
  };
}

export function explanationOutside(requested: string): BlockExplanation {
  const rejection = outsideRejection(requested);
  return {
    cidr: null,
    reasons: [`the block asked for cannot be used: ${rejection.reason}`],
    rejected: [rejection],
    heldBefore: false,
    runnersUp: [],
  };
}

function preferredRefusal<Answer>(answers: readonly ShardAnswer<Answer>[]): ShardAnswer<Answer> | undefined {
  return answers.find(({ shard }) => shard.hasPreferred);
}
