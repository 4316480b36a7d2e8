import { getClient } from '@temporalio/activity';
import { adoptUpdate, reserveUpdate, unreserveUpdate } from '../contract/messages.js';
import { poolWorkflowId } from '../contract/names.js';
import type { AdoptOutcome, ReserveOutcome } from '../contract/pool.js';
import { customerScopeOf, type BlockRelease } from '../domain/plan.js';
import type { AddressPoolActivities } from './address-pool.js';
import { openWorkflows } from './open-workflows.js';
import { startOfPool, type PoolAddress } from './pool-callers.js';
import { orWithoutPool, reportPages } from './pool-reports.js';

/** What came of an order to free addresses; `what` and `why` are for people. */
export type FreeOutcome =
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly why: string };

/** What is done to the pools of a scope by an operator's order. Each may run twice: done already is done. */
export interface AddressOrderActivities {
  /** Nothing of the range is given out from now on. */
  reserveRange(input: { pools: PoolAddress[]; cidr: string; why: string }): Promise<ReserveOutcome>;
  /** The block of a VPC that is there already is held from now on, in all of these pools or in none anew. */
  adoptBlock(input: { pools: PoolAddress[]; holder: string; cidr: string }): Promise<AdoptOutcome>;
  /** Frees a range that was reserved, or a block whose connection has no open workflow. */
  freeAddresses(input: {
    pools: PoolAddress[];
    cidr: string;
    release: Pick<BlockRelease, 'scope' | 'shards'> & { quarantineMs: number };
  }): Promise<FreeOutcome>;
}

export function createAddressOrderActivities(
  taskQueue: string,
  pool: Pick<AddressPoolActivities, 'releaseBlock'>,
): AddressOrderActivities {
  return {
    async reserveRange({ pools, cidr, why }) {
      const reserved: PoolAddress[] = [];
      for (const address of pools) {
        const outcome = await getClient().workflow.executeUpdateWithStart(reserveUpdate, {
          startWorkflowOperation: startOfPool(address, taskQueue),
          args: [{ cidr, why }],
        });
        if (!outcome.ok) {
          // All of it or nothing: a range that is reserved in half of the shards only looks reserved.
          for (const done of reserved) await unreserve(done, cidr);
          return outcome;
        }
        reserved.push(address);
      }
      return { ok: true };
    },

    async adoptBlock({ pools, holder, cidr }) {
      const anew: PoolAddress[] = [];
      for (const address of pools) {
        const outcome = await getClient().workflow.executeUpdateWithStart(adoptUpdate, {
          startWorkflowOperation: startOfPool(address, taskQueue),
          args: [{ holder, cidr }],
        });
        if (!outcome.ok) {
          const order = { holder, wasActive: false, quarantineMs: 0 };
          for (const { scope, shard } of anew) {
            await pool.releaseBlock({ scope, shards: [shard], customerScope: null, order });
          }
          return outcome;
        }
        if (!outcome.heldBefore) anew.push(address);
      }
      return { ok: true, cidr, heldBefore: anew.length === 0 };
    },

    async freeAddresses({ pools, cidr, release }) {
      const freed = await Promise.all(pools.map((address) => unreserve(address, cidr)));
      if (freed.some(Boolean)) return { ok: true, what: `${cidr} is reserved no longer` };
      const holder = await holderOf(pools, cidr);
      if (holder === null) return { ok: false, why: `${cidr} is neither reserved nor held as a whole` };
      const { provision, maintain } = await openWorkflows(holder);
      if (provision !== null || maintain !== null) {
        return { ok: false, why: `${cidr} belongs to ${holder}, which is open: cancel or close it` };
      }
      const { scope, shards, quarantineMs } = release;
      const order = { holder, wasActive: true, quarantineMs };
      await pool.releaseBlock({ scope, shards, customerScope: customerScopeOf(holder), order });
      return { ok: true, what: `${cidr} of ${holder} is given back, and rests before another gets it` };
    },
  };
}

/** @returns whether it was reserved; a pool that is not there has reserved nothing */
async function unreserve({ scope, shard }: PoolAddress, cidr: string): Promise<boolean> {
  const handle = getClient().workflow.getHandle(poolWorkflowId(scope, shard));
  return orWithoutPool(handle.executeUpdate(unreserveUpdate, { args: [{ cidr }] }), false);
}

/** Who holds exactly this block. */
async function holderOf(pools: readonly PoolAddress[], cidr: string): Promise<string | null> {
  for (const address of pools) {
    for await (const { held } of reportPages(address)) {
      const found = held.find((block) => block.cidr === cidr);
      if (found !== undefined) return found.holder;
    }
  }
  return null;
}
