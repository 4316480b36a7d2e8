import { cancellationSignal, getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { allocateUpdate } from '../contract/messages.js';
import { poolWorkflowId, WORKFLOW } from '../contract/names.js';
import { MOST_ORDERS, orderProblem, policyProblem } from '../contract/pool-orders.js';
import {
  unpackGrant,
  type BatchAnswer,
  type BatchedAllocation,
  type BlockGrant,
  type PackedGrant,
  type PoolBatch,
  type ReleaseBlock,
} from '../contract/pool.js';
import type { AddressPolicy } from '../domain/addresses/choose-block.js';
import { Combiner } from './combiner.js';

/** The writer of a scope's addresses, or of one shard of them. */
export interface PoolAddress {
  scope: string;
  shard: string | null;
}

/** An order with its policy, before a batch says both once. */
type Asked =
  | { kind: 'allocate'; order: Omit<BatchedAllocation, 'policy'>; policy: AddressPolicy; policyText: string }
  | { kind: 'release'; order: ReleaseBlock };

/** Temporal warns at 512 KB. */
const MOST_BYTES = 256_000;

/** Shorter than an attempt of the activities that wait for it, so that a pool that hangs does not hold up those who come later. */
const ANSWER_WITHIN_MS = 20_000;

/** Asks the pools for all activities of a process: to each pool one Update at a time, with everything that waits for it. */
export class PoolCallers {
  readonly #taskQueue: string;
  /** The last one that was found to be good; a process has one, but for runs that began before the configuration changed. */
  #goodPolicy = '';
  /** By workflow id; only pools that somebody waits for. */
  readonly #combiners = new Map<string, Combiner<Asked, PackedGrant | null>>();

  /** @param taskQueue of the pools that an allocation may have to start */
  constructor(taskQueue: string) {
    this.#taskQueue = taskQueue;
  }

  /** @throws ApplicationFailure `InvalidRequest`, not retryable, for this order alone */
  async allocate(
    pool: PoolAddress,
    order: Omit<BatchedAllocation, 'policy'>,
    policy: AddressPolicy,
  ): Promise<BlockGrant> {
    const policyText = JSON.stringify(policy);
    // A policy may reserve a thousand ranges: reading them anew for every order would cost more than all the rest.
    if (policyText !== this.#goodPolicy) refuseFor(policyProblem(policy));
    refuseFor(orderProblem(order));
    this.#goodPolicy = policyText;
    const grant = await this.#ask(pool, { kind: 'allocate', order, policy, policyText });
    if (grant === null) throw new Error('the pool took an allocation for a release');
    return unpackGrant(grant);
  }

  /** Success also where there is no such pool: nothing is held then. */
  async release(pool: PoolAddress, order: ReleaseBlock): Promise<void> {
    refuseFor(orderProblem(order));
    await this.#ask(pool, { kind: 'release', order });
  }

  #ask(pool: PoolAddress, asked: Asked): Promise<PackedGrant | null> {
    const workflowId = poolWorkflowId(pool.scope, pool.shard);
    let combiner = this.#combiners.get(workflowId);
    if (combiner === undefined) {
      const client = getClient();
      combiner = new Combiner<Asked, PackedGrant | null>({
        send: (batch) => this.#send(client, pool, batch),
        sizeOf,
        mostOrders: MOST_ORDERS,
        mostBytes: MOST_BYTES,
        onIdle: () => this.#combiners.delete(workflowId),
      });
      this.#combiners.set(workflowId, combiner);
    }
    return combiner.ask(asked, cancellationSignal());
  }

  async #send(client: Client, pool: PoolAddress, asked: readonly Asked[]): Promise<BatchAnswer> {
    const batch = batchOf(asked);
    const workflowId = poolWorkflowId(pool.scope, pool.shard);
    const send = (): Promise<BatchAnswer> =>
      batch.policies.length === 0
        ? client.workflow.getHandle(workflowId).executeUpdate(allocateUpdate, { args: [batch] })
        : client.workflow.executeUpdateWithStart(allocateUpdate, {
            startWorkflowOperation: startOfPool(pool, this.#taskQueue),
            args: [batch],
          });
    try {
      return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, send);
    } catch (error) {
      if (batch.policies.length === 0 && error instanceof WorkflowNotFoundError) return asked.map(() => null);
      // The pool's own refusal reaches the run as it is, so that Temporal does not repeat it.
      if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
        throw error.cause;
      throw error;
    }
  }
}

/** The pool as it is, or begun for the Update that goes with this. */
export function startOfPool(
  pool: PoolAddress,
  taskQueue: string,
): WithStartWorkflowOperation<() => Promise<void>> {
  return new WithStartWorkflowOperation(WORKFLOW.cidrPool, {
    workflowId: poolWorkflowId(pool.scope, pool.shard),
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: summaryOf(pool),
  });
}

function refuseFor(problem: string | null): void {
  if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'InvalidRequest');
}

function sizeOf(asked: Asked, batch: readonly Asked[]): number {
  const size = JSON.stringify(asked.order).length;
  if (asked.kind === 'release' || batch.some((other) => isOfPolicy(other, asked.policyText))) return size;
  return size + asked.policyText.length;
}

function isOfPolicy(asked: Asked, policyText: string): boolean {
  return asked.kind === 'allocate' && asked.policyText === policyText;
}

function batchOf(asked: readonly Asked[]): PoolBatch {
  const indices = new Map<string, number>();
  const policies: AddressPolicy[] = [];
  const orders = asked.map((one) => {
    if (one.kind === 'release') return one.order;
    let index = indices.get(one.policyText);
    if (index === undefined) {
      index = policies.push(one.policy) - 1;
      indices.set(one.policyText, index);
    }
    return index === 0 ? one.order : { ...one.order, policy: index };
  });
  return { policies, orders };
}

function summaryOf({ scope, shard }: PoolAddress): string {
  return shard === null ? `Addresses of ${scope}` : `Addresses of ${scope}, ${shard}`;
}
