import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { allocateUpdate, poolReportQuery, releaseUpdate } from '../contract/messages.js';
import type {
  AllocateBlock,
  BlockAnswer,
  HeldBlock,
  PoolReport,
  PoolState,
  ReleaseBlock,
} from '../contract/pool.js';
import { cidrsOverlap } from '../domain/addresses/blocks.js';
import { chooseBlock, type NamedBlock } from '../domain/addresses/choose-block.js';
import { DAY_MS } from '../domain/durations.js';
import { ending } from './failure.js';

/** How long a block that carried traffic rests, so that no stale route or rule of the last holder meets the next. */
const QUARANTINE_MS = DAY_MS;

const MAX_HOLDER_LENGTH = 200;

/**
 * The single writer of the addresses in one scope. Who holds what is in the state it carries from run to run, because an
 * update id alone is forgotten at continue-as-new.
 */
export async function cidrPool(carried?: PoolState): Promise<void> {
  const pool = new CidrPool(carried ?? { held: [], resting: [] });
  setHandler(poolReportQuery, () => pool.report());
  setHandler(allocateUpdate, (order) => pool.allocate(order), { validator: requireHolder });
  setHandler(releaseUpdate, (order) => pool.release(order), { validator: requireHolder });

  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof cidrPool>(pool.report());
}

class CidrPool {
  #held: HeldBlock[];
  #resting: PoolState['resting'];

  constructor(state: PoolState) {
    this.#held = state.held;
    this.#resting = state.resting;
  }

  report(): PoolReport {
    return { held: this.#held, resting: this.#resting };
  }

  /** The same holder gets the block it holds, unless that overlaps what it now has to avoid. */
  allocate(order: AllocateBlock): BlockAnswer {
    const now = new Date();
    this.#resting = this.#resting.filter(({ until }) => until > now.toISOString());
    const held = this.#held.find(({ holder }) => holder === order.holder);
    if (held !== undefined) {
      const clash = order.avoid.find(({ cidr }) => cidrsOverlap(cidr, held.cidr));
      if (clash === undefined && (order.requested === null || order.requested === held.cidr)) {
        return {
          cidr: held.cidr,
          reasons: [`${held.cidr} is held by this connection already`],
          rejected: [],
          heldBefore: true,
        };
      }
      // Whoever asks again was never active with this block: an active connection is not planned anew.
      this.release({ holder: order.holder, wasActive: false });
    }
    const choice = chooseBlock({
      policy: order.policy,
      avoid: order.avoid,
      taken: takenBlocks(this.report(), { holder: order.holder, now: now.toISOString() }),
      requested: order.requested,
    });
    if (choice.cidr !== null) {
      this.#held.push({ cidr: choice.cidr, holder: order.holder, since: now.toISOString() });
    }
    return { ...choice, heldBefore: false };
  }

  /** Releasing what is not held is success: it may have been released by a call whose reply was lost. */
  release({ holder, wasActive }: ReleaseBlock): void {
    const held = this.#held.find((block) => block.holder === holder);
    if (held === undefined) return;
    this.#held = this.#held.filter((block) => block !== held);
    if (wasActive) {
      const until = new Date(Date.now() + QUARANTINE_MS).toISOString();
      this.#resting.push({ cidr: held.cidr, lastHolder: holder, until });
    }
  }
}

/** What another holder may not have now; a resting block is no obstacle for the one that held it last. */
export function takenBlocks(pool: PoolReport, asked: { holder: string; now: string }): NamedBlock[] {
  return [
    ...pool.held
      .filter(({ holder }) => holder !== asked.holder)
      .map(({ cidr, holder }) => ({ cidr, why: `held by ${holder}` })),
    ...pool.resting
      .filter(({ lastHolder, until }) => lastHolder !== asked.holder && until > asked.now)
      .map(({ cidr, until }) => ({ cidr, why: `resting until ${until}` })),
  ];
}

/** Before anything is written to the history. */
function requireHolder(order: { holder: string }): void {
  if (typeof order.holder !== 'string' || order.holder === '' || order.holder.length > MAX_HOLDER_LENGTH) {
    throw ending(
      'InvalidRequest',
      `holder: a connection name of 1 to ${MAX_HOLDER_LENGTH.toString()} characters`,
    );
  }
}
