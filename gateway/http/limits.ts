import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooMany } from '../problems/too-many.js';
import { ConnectionBudget } from './connection-budget.js';

const WINDOW_S = 60;
/** More wrong keys, or links that are none, within a minute than anyone makes by mistake. */
const MOST_MISTAKES = 20;

/** So many requests a minute for each, and so many for all of their kind. */
class Budget {
  readonly #each: RateLimiterMemory;
  readonly #all: RateLimiterMemory;

  constructor({ each, all }: { each: number; all: number }) {
    this.#each = new RateLimiterMemory({ points: each, duration: WINDOW_S });
    this.#all = new RateLimiterMemory({ points: all, duration: WINDOW_S });
  }

  /**
   * What one has too many of costs the others nothing.
   *
   * @throws ProblemError `TooManyRequests`
   */
  async take(who: string): Promise<void> {
    try {
      await this.#each.consume(who);
      await this.#all.consume('all');
    } catch (error) {
      throw error instanceof RateLimiterRes ? tooMany(error) : error;
    }
  }
}

/**
 * How often callers may ask, counted in this process; several gateways behind one balancer each count for themselves. It is
 * taken once it is known who asks, so that nobody can use up what is somebody else's.
 */
export class Limits {
  /** By the key's id, whether it comes with the request or with a session. */
  readonly keys: Budget;
  /** By the link, of which a connection has one that opens. */
  readonly links: Budget;
  /** By the visitor: whoever shows neither. */
  readonly visitors: Budget;
  /** By the visitor. A right key from the same place is not asked for. */
  readonly wrongKeys: Budget;
  /** By the visitor. A genuine link from the same place is not asked for. */
  readonly forgedLinks: Budget;
  /** What customers say, which may be said in vain. */
  readonly claims = new ConnectionBudget({ aMinute: 5, aDay: 100 });
  /** What else a connection is told. */
  readonly orders = new ConnectionBudget({ aMinute: 20, aDay: 500 });

  constructor(requestsPerMinute: number) {
    this.keys = new Budget({ each: requestsPerMinute, all: 10 * requestsPerMinute });
    this.links = new Budget({ each: requestsPerMinute, all: 10 * requestsPerMinute });
    // Nothing that visitors are answered with needs more than this process: it takes many of them to matter.
    this.visitors = new Budget({ each: 2 * requestsPerMinute, all: 100 * requestsPerMinute });
    const mistakes = { each: MOST_MISTAKES, all: 10 * requestsPerMinute };
    this.wrongKeys = new Budget(mistakes);
    this.forgedLinks = new Budget(mistakes);
  }
}
