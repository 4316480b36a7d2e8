import type { AllocateBlock, BlockAnswer } from '../contract/pool.js';
import { OF_THE_SAME_NETWORK } from '../domain/addresses/block-reasons.js';
import { cidrsOverlap } from '../domain/addresses/blocks.js';
import type { Rejection } from '../domain/addresses/rejections.js';
import type { PoolAddress, PoolCallers } from './pool-callers.js';
import { blocksOfOthers } from './pool-reports.js';

/** Each time somebody else was quicker, who has a block now: more than so many at once are rare, and ask anew. */
const MOST_ATTEMPTS = 8;

/** Lines about the same network in a refusal; the first pool's own follow. */
const MOST_NAMED = 3;

/** What an allocation says of a block, and where it came from. */
interface Asking {
  order: AllocateBlock;
  customerScope: string;
  callers: PoolCallers;
  /** Asks in the first pool. */
  allocate: (order: AllocateBlock) => Promise<BlockAnswer>;
  /** Gives back what was got there. */
  giveBack: (answer: BlockAnswer) => Promise<void>;
}

/**
 * A block that is the holder's in the first pool and in that of the customer's network. What is refused in the second is
 * avoided in the first: asked for again, it gives another block, and takes the refused one back, in one step. Both claims are in the
 * holder's name, so that a repeated attempt ends with the same block, and a release finds whatever one left half done.
 *
 * @throws Error, to be repeated, where others were quicker every time
 */
export async function allocateInBoth({
  order,
  customerScope,
  callers,
  allocate,
  giveBack,
}: Asking): Promise<BlockAnswer> {
  const pool: PoolAddress = { scope: customerScope, shard: null };
  let others: string[] = [];
  let refused: BlockAnswer | null = null;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const answer = await allocate({ ...order, avoid: [...order.avoid, ...others] });
    if (answer.cidr === null) {
      if (refused === null) return answer;
      await giveBack(refused);
      return withOthers(answer, { others, requested: order.requested });
    }
    if (await claim(pool, answer.cidr, { order, callers })) {
      return others.length === 0 ? answer : { ...answer, ofTheSameNetwork: others };
    }
    refused = answer;
    others = await blocksOfOthers(pool, { holder: order.holder, now: null });
  }
  throw new Error(`${customerScope}: of ${MOST_ATTEMPTS} blocks others were quicker to take each`);
}

/** What the configuration reserves is the first pool's to judge. */
async function claim(
  pool: PoolAddress,
  cidr: string,
  { order: { holder, policy }, callers }: Pick<Asking, 'order' | 'callers'>,
): Promise<boolean> {
  const grant = await callers.allocate(
    pool,
    { holder, avoid: [], requested: cidr },
    { ...policy, reserved: [] },
  );
  return grant.cidr === cidr;
}

/** A refusal that says why the same network is the reason. */
function withOthers(
  answer: BlockAnswer,
  { others, requested }: { others: readonly string[]; requested: string | null },
): BlockAnswer {
  const inTheWay =
    requested === null
      ? others.slice(0, MOST_NAMED)
      : others.filter((cidr) => cidrsOverlap(cidr, requested)).slice(0, 1);
  const rejected = inTheWay.map((cidr): Rejection => ({
    cidr: requested ?? cidr,
    reason: requested === null ? `is ${OF_THE_SAME_NETWORK}` : `overlaps ${cidr} (${OF_THE_SAME_NETWORK})`,
  }));
  const own = requested !== null && rejected.length > 0 ? [] : (answer.rejected ?? []);
  return { ...answer, rejected: [...rejected, ...own] };
}
