import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { explainQuery } from '../contract/messages.js';
import { poolWorkflowId } from '../contract/names.js';
import type {
  AllocateBlock,
  BlockAnswer,
  BlockExplanation,
  BlockGrant,
  BlockInquiry,
  ExplainQuestion,
  ReleaseBlock,
} from '../contract/pool.js';
import {
  explanationAcross,
  explanationOutside,
  grantOfWhole,
  noneFreeAcross,
  outsideShards,
  type ShardAnswer,
} from '../domain/addresses/across-shards.js';
import { AddressPool } from '../domain/addresses/address-pool.js';
import { OF_THE_SAME_NETWORK } from '../domain/addresses/block-reasons.js';
import { shardsOf, shardWith, type Sharding } from '../domain/addresses/shards.js';
import { allocateInBoth } from './customer-pool.js';
import { PoolCallers } from './pool-callers.js';
import { blocksOfOthers } from './pool-reports.js';

/** Where a block is asked for, and for whom. */
interface Allocation {
  scope: string;
  sharding: Sharding;
  /** Of the pool in which the block has to be free as well; null is none. */
  customerScope: string | null;
  order: AllocateBlock;
}

export interface AddressPoolActivities {
  allocateBlock: (input: Allocation) => Promise<BlockAnswer>;
  /** @param input `shards`: wherever the holder may have a block, or a mark that it was passed on; null is the scope's one pool */
  releaseBlock: (input: {
    scope: string;
    shards: (string | null)[];
    customerScope: string | null;
    order: ReleaseBlock;
  }) => Promise<void>;
  /**
   * The block that `allocateBlock` would give, without starting a pool that is not there: planning allocates nothing.
   *
   * @param input `now`: ms since the epoch, of the clock that the pools go by
   */
  explainBlock: (input: {
    scope: string;
    sharding: Sharding;
    customerScope: string | null;
    inquiry: BlockInquiry;
    now: number;
    /** Whether the answer names the connections that hold blocks: for operators only. */
    naming: boolean;
  }) => Promise<BlockExplanation>;
}

/** The pools themselves are the only writers; these carry the question there and the answer back. */
export function createAddressPoolActivities(taskQueue: string): AddressPoolActivities {
  const callers = new PoolCallers(taskQueue);

  const allocateRequested = async (
    requested: string,
    { scope, sharding, order }: Omit<Allocation, 'customerScope'>,
  ): Promise<BlockAnswer> => {
    const { holder, policy, avoid } = order;
    const shard = shardWith(requested, shardsOf(policy, sharding));
    if (shard === undefined) return { ...outsideShards(requested), shard: null };
    const pool = { scope, shard: shard.name };
    const answer = await callers.allocate(pool, { holder, avoid, requested }, shard.policy);
    return { ...grantOfWhole({ shard, answer }), shard: shard.name };
  };

  const allocateInScope = async (input: Omit<Allocation, 'customerScope'>): Promise<BlockAnswer> => {
    const { scope, sharding, order } = input;
    const { holder, policy, avoid, requested } = order;
    if (requested !== null) return allocateRequested(requested, input);
    // A shard without room keeps in mind whom it passed on, so that every attempt goes the same way.
    const wanted = sharding === 'none' ? { holder, avoid } : { holder, avoid, passOn: true };
    const refusals: ShardAnswer<BlockGrant>[] = [];
    for (const shard of shardsOf(policy, sharding)) {
      const answer = await callers.allocate({ scope, shard: shard.name }, wanted, shard.policy);
      if (answer.cidr !== null) {
        return { ...grantOfWhole({ shard, answer }, refusals), shard: shard.name };
      }
      refusals.push({ shard, answer });
    }
    return { ...noneFreeAcross(refusals), shard: null };
  };

  return {
    async allocateBlock({ customerScope, ...input }) {
      const { scope, sharding, order } = input;
      if (customerScope === null) return allocateInScope(input);
      return allocateInBoth({
        order,
        customerScope,
        callers,
        allocate: (wanted) => allocateInScope({ scope, sharding, order: wanted }),
        giveBack: ({ shard }) =>
          callers.release({ scope, shard }, { holder: order.holder, wasActive: false, quarantineMs: 0 }),
      });
    },

    async releaseBlock({ scope, shards, customerScope, order }) {
      const pools = shards.map((shard) => ({ scope, shard }));
      if (customerScope !== null) pools.push({ scope: customerScope, shard: null });
      await Promise.all(pools.map((pool) => callers.release(pool, order)));
    },

    async explainBlock({ scope, sharding, customerScope, inquiry: asked, now, naming }) {
      const others =
        customerScope === null
          ? []
          : await blocksOfOthers({ scope: customerScope, shard: null }, { holder: asked.holder, now });
      const ofOthers = others.map((cidr) => ({ cidr, why: OF_THE_SAME_NETWORK }));
      const inquiry = { ...asked, avoid: [...asked.avoid, ...ofOthers] };
      const { policy, requested } = inquiry;
      const shards = shardsOf(policy, sharding);
      const only = requested === null ? null : shardWith(requested, shards);
      if (only === undefined) return explanationOutside(requested ?? '');
      const answers: ShardAnswer<BlockExplanation>[] = [];
      for (const shard of only === null ? shards : [only]) {
        const answer = await explain(poolWorkflowId(scope, shard.name), {
          inquiry: { ...inquiry, policy: shard.policy },
          now,
          naming,
        });
        answers.push({ shard, answer });
        if (isEnough(answers)) break;
      }
      return explanationAcross(answers, policy);
    },
  };
}

/** A pool that is not there holds nothing. */
async function explain(workflowId: string, question: ExplainQuestion): Promise<BlockExplanation> {
  try {
    return await getClient().workflow.getHandle(workflowId).query(explainQuery, question);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return AddressPool.restore(null).explain(question.inquiry, question.now);
  }
}

/** A choice and something to come next: no other shard need be asked. */
function isEnough(answers: readonly ShardAnswer<BlockExplanation>[]): boolean {
  const found = answers.filter(({ answer }) => answer.cidr !== null);
  return found.length > 1 || found.some(({ answer }) => answer.heldBefore);
}
