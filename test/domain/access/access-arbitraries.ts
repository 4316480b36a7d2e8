import fc from 'fast-check';
import {
  AccessLimitError,
  planAccess,
  type AccessIntent,
  type AccessPlan,
} from '../../../domain/access/plan-access.js';
import type { PortRange } from '../../../domain/access/port-ranges.js';
import { blockAt, formatBlock, parseBlock } from '../../../domain/addresses/blocks.js';

/** Up to 300 ports anywhere. */
const portRange = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 300 }))
  .map(([from, more]): PortRange => ({ from, to: Math.min(65_535, from + more) }));

/** Access of one protocol. */
export const intent: fc.Arbitrary<AccessIntent> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    ports: fc.array(portRange, { minLength: 1, maxLength: 3 }),
  }),
  fc.constant<AccessIntent>({ protocol: 'icmp', ports: [] }),
);

/** A canonical range of /22 to /32 in 172.31.0.0/16, as text. */
export const range = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 22, max: 32 }))
  .map(([offset, prefixLength]) => {
    const size = 2 ** (32 - prefixLength);
    const first = parseBlock('172.31.0.0/16').first + Math.floor(offset / size) * size;
    return formatBlock({ first, last: first + size - 1, prefixLength });
  });

/** A block in the 64 addresses of 172.31.0.0/26, so that many touch, nest and repeat. */
export const closeBlock = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 27, max: 32 }))
  .map(([offset, prefixLength]) => {
    const size = 2 ** (32 - prefixLength);
    return blockAt(parseBlock('172.31.0.0/26').first + Math.floor(offset / size) * size, prefixLength);
  });

/** The plan, or undefined where it would need too many rules. */
export function planOf(asked: Parameters<typeof planAccess>[0]): AccessPlan | undefined {
  try {
    return planAccess(asked);
  } catch (error) {
    if (error instanceof AccessLimitError) return undefined;
    throw error;
  }
}
