import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemError } from '../problems/problem.js';

const WINDOW_S = 60;
/** More wrong keys within a minute than anyone makes by mistake. */
const MOST_WRONG_KEYS = 20;

/** How often callers may ask, counted in this process; several gateways behind one balancer each count for themselves. */
export class Limits {
  readonly #all: RateLimiterMemory;
  readonly #address: RateLimiterMemory;
  readonly #key: RateLimiterMemory;
  readonly #wrongKeys = new RateLimiterMemory({ points: MOST_WRONG_KEYS, duration: WINDOW_S });

  constructor(requestsPerMinute: number) {
    const limiter = (points: number): RateLimiterMemory =>
      new RateLimiterMemory({ points, duration: WINDOW_S });
    this.#key = limiter(requestsPerMinute);
    this.#address = limiter(2 * requestsPerMinute);
    this.#all = limiter(10 * requestsPerMinute);
  }

  /** @throws ProblemError `TooManyRequests` */
  async takeForAddress(address: string): Promise<void> {
    const network = networkOf(address);
    await take(this.#address, network);
    await take(this.#all, 'all');
    const wrong = await this.#wrongKeys.get(network);
    if (wrong !== null && wrong.consumedPoints >= MOST_WRONG_KEYS) throw tooMany(wrong);
  }

  /** @throws ProblemError `TooManyRequests` */
  takeForKey(keyId: string): Promise<void> {
    return take(this.#key, keyId);
  }

  /** Whoever guesses keys is soon not listened to, whatever it says next. */
  async noteWrongKey(address: string): Promise<void> {
    await this.#wrongKeys.penalty(networkOf(address));
  }
}

async function take(limiter: RateLimiterMemory, who: string): Promise<void> {
  try {
    await limiter.consume(who);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw tooMany(error);
    throw error;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): ProblemError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000)).toString();
  const headers = { 'Retry-After': seconds };
  return new ProblemError('TooManyRequests', `try again in ${seconds} seconds`, { headers });
}

/** One IPv6 customer has a /64 at least: each of its addresses must not have a limit of its own. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter((group) => group !== '');
  const last = address.includes('::') ? tail.split(':').filter((group) => group !== '') : [];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
