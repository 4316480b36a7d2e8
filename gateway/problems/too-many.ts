import type { RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemError } from './problem.js';

export function tooMany({ msBeforeNext }: RateLimiterRes): ProblemError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000)).toString();
  const headers = { 'Retry-After': seconds };
  return new ProblemError('TooManyRequests', `try again in ${seconds} seconds`, { headers });
}
