import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CausewayError, type ConnectionKey } from '../../client/index.js';
import { connectionName } from '../../contract/names.js';
import { tooMany } from '../problems/too-many.js';

export type Order = 'accept' | 'decline' | 'change' | 'end' | 'link' | 'remind' | 'retry';

const MINUTE_S = 60;
const DAY_S = 86_400;

/**
 * How often one connection is told the same, whoever says it and from where. Its run takes a bounded number of signals and
 * updates, and each costs a look at AWS.
 */
export class ConnectionBudget {
  readonly #minute: RateLimiterMemory;
  readonly #day: RateLimiterMemory;

  constructor({ aMinute, aDay }: { aMinute: number; aDay: number }) {
    this.#minute = new RateLimiterMemory({ points: aMinute, duration: MINUTE_S });
    this.#day = new RateLimiterMemory({ points: aDay, duration: DAY_S });
  }

  /** Whether there is nothing left of it now. */
  async isSpent(order: Order, key: ConnectionKey): Promise<boolean> {
    const who = nameOf(order, key);
    const left = await Promise.all(
      [this.#minute, this.#day].map(async (limiter) => (await limiter.get(who))?.remainingPoints ?? 1),
    );
    return left.some((points) => points <= 0);
  }

  /** @returns whether it was told; if not, it was told often enough */
  async tell(order: Order, key: ConnectionKey, telling: () => Promise<void>): Promise<boolean> {
    if ((await this.#take(nameOf(order, key))) !== null) return false;
    await this.#known(nameOf(order, key), telling);
    return true;
  }

  /** @throws ProblemError `TooManyRequests` */
  async give<T>(order: Order, key: ConnectionKey, giving: () => Promise<T>): Promise<T> {
    const refusal = await this.#take(nameOf(order, key));
    if (refusal !== null) throw tooMany(refusal);
    return this.#known(nameOf(order, key), giving);
  }

  /** What the minute refuses costs nothing of the day. */
  async #take(who: string): Promise<RateLimiterRes | null> {
    try {
      await this.#minute.consume(who);
      await this.#day.consume(who);
      return null;
    } catch (error) {
      if (error instanceof RateLimiterRes) return error;
      throw error;
    }
  }

  /** Connections that there are not can be named without end, and are not kept in mind. */
  async #known<T>(who: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CausewayError && error.code === 'NotFound')
        await Promise.all([this.#minute.delete(who), this.#day.delete(who)]);
      throw error;
    }
  }
}

function nameOf(order: Order, key: ConnectionKey): string {
  return `${order} ${connectionName(key)}`;
}
