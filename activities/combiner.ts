/** How what waits is put together. */
export interface CombinerOptions<Order, Answer> {
  /** Asks for all of them at once; as many answers, in the same order. It has to end: a hanging one holds up all others. */
  send: (orders: readonly Order[]) => Promise<readonly Answer[]>;
  /** Bytes that an order adds to a batch with these in it already. */
  sizeOf: (order: Order, batch: readonly Order[]) => number;
  mostOrders: number;
  /** Of one batch; an order larger than this goes alone. */
  mostBytes: number;
  /** Called when nothing waits any more. */
  onIdle: () => void;
}

interface Waiting<Order, Answer> {
  readonly order: Order;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts all orders that wait in this process into one question, one question at a time: who comes while it is under way
 * rides in the next one, in the order of coming. So more callers make larger questions, not more of them, and a batch that
 * fails fails for exactly its own callers.
 */
export class Combiner<Order, Answer> {
  readonly #options: CombinerOptions<Order, Answer>;
  readonly #waiting: Waiting<Order, Answer>[] = [];
  #sending = false;

  constructor(options: CombinerOptions<Order, Answer>) {
    this.#options = options;
  }

  /**
   * @param signal whoever gives up while it waits is not asked for any more; what is under way is not called back
   * @returns the answer to this order
   * @throws what `send` threw for the batch it was in, or the signal's reason
   */
  ask(order: Order, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const waiting: Waiting<Order, Answer> = {
        order,
        resolve: (answer) => {
          signal?.removeEventListener('abort', giveUp);
          resolve(answer);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', giveUp);
          reject(asError(error));
        },
      };
      const giveUp = (): void => {
        const index = this.#waiting.indexOf(waiting);
        if (index !== -1) this.#waiting.splice(index, 1);
        waiting.reject(signal?.reason);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    // Those who ask in this same turn ride in the first batch already.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#sendSome(this.#nextBatch());
    this.#sending = false;
    this.#options.onIdle();
  }

  #nextBatch(): Waiting<Order, Answer>[] {
    const { mostOrders, mostBytes, sizeOf } = this.#options;
    const batch: Order[] = [];
    let bytes = 0;
    for (const { order } of this.#waiting.slice(0, mostOrders)) {
      bytes += sizeOf(order, batch);
      if (batch.length > 0 && bytes > mostBytes) break;
      batch.push(order);
    }
    return this.#waiting.splice(0, batch.length);
  }

  async #sendSome(batch: readonly Waiting<Order, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.send(batch.map(({ order }) => order));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error(`${answers.length} answers to ${batch.length} orders`));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
