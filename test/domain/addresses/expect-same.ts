import { expect } from '@jest/globals';

/** jest's own check costs more than what is tried here, a hundred thousand times: it is asked only where it will fail. */
export function expectSame(seen: unknown, expected: unknown): void {
  if (seen !== expected) expect(seen).toBe(expected);
}
