import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coverWithFewer, type Cover } from '../../../domain/access/fewer-blocks.js';
import { planAccess, type AccessIntent } from '../../../domain/access/plan-access.js';
import {
  aggregateBlocks,
  blockAt,
  blockContains,
  formatBlock,
  parseBlock,
  type Ipv4Block,
} from '../../../domain/addresses/blocks.js';
import { closeBlock } from './access-arbitraries.js';

const FIRST = parseBlock('172.31.0.0/26').first;
const closeRanges = fc.array(closeBlock, { minLength: 1, maxLength: 12 });

const PING: AccessIntent[] = [{ protocol: 'icmp', ports: [] }];
const holding = (blocks: readonly Ipv4Block[], address: number): boolean =>
  blocks.some(({ first, last }) => first <= address && address <= last);

/** The fewest blocks for exactly these addresses, by trying every way to halve the space. */
function fewestFor(space: Ipv4Block, wanted: ReadonlySet<number>): number {
  let held = 0;
  for (let address = space.first; address <= space.last; address += 1) held += wanted.has(address) ? 1 : 0;
  if (held === 0) return 0;
  if (held === space.last - space.first + 1) return 1;
  return halvesOf(space).reduce((sum, half) => sum + fewestFor(half, wanted), 0);
}

function halvesOf({ first, prefixLength }: Ipv4Block): Ipv4Block[] {
  return [first, first + 2 ** (31 - prefixLength)].map((start) => blockAt(start, prefixLength + 1));
}

describe('ranges as rules are made of them', () => {
  it('hold exactly the addresses that were stated, in the fewest blocks there are', () => {
    fc.assert(
      fc.property(closeRanges, (blocks) => {
        const plan = planOf(blocks);
        const made = plan?.securityGroupEgress.map(({ cidr }) => parseBlock(cidr)) ?? aggregateBlocks(blocks);
        const wanted = new Set<number>();
        for (let address = FIRST - 1; address <= FIRST + 64; address += 1) {
          const stated = holding(blocks, address);
          expect(holding(made, address)).toBe(stated);
          if (stated) wanted.add(address);
        }
        expect(made).toHaveLength(fewestFor(parseBlock('172.31.0.0/26'), wanted));
      }),
    );
  });

  it('are the same in whatever order they were stated, while routes follow what was stated, each once', () => {
    fc.assert(
      fc.property(
        closeRanges.chain((blocks) =>
          fc.tuple(fc.constant(blocks), fc.shuffledSubarray(blocks, { minLength: blocks.length })),
        ),
        ([blocks, shuffled]) => {
          const [one, other] = [planOf(blocks), planOf(shuffled)];
          expect(other?.networkAclEntries).toEqual(one?.networkAclEntries);
          expect(other?.securityGroupEgress).toEqual(one?.securityGroupEgress);
          if (other !== undefined) expect(other.routes).toEqual([...new Set(shuffled.map(formatBlock))]);
        },
      ),
    );
  });
});

function planOf(blocks: readonly Ipv4Block[]): ReturnType<typeof planAccess> | undefined {
  const subnetCidrs = blocks.map(formatBlock);
  return aggregateBlocks(blocks).length > 9 ? undefined : planAccess({ subnetCidrs, access: PING });
}

/** Every cover there is, by trying each block of the space. */
function fewestAdded(blocks: readonly Ipv4Block[], most: number): number | null {
  const spaces = [parseBlock('172.31.0.0/28')];
  for (const space of spaces) if (space.prefixLength < 32) spaces.push(...halvesOf(space));
  const total = blocks.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const costs = (rest: readonly Ipv4Block[], left: number): number[] => {
    const [next] = rest;
    if (next === undefined) return [0];
    if (left === 0) return [];
    return spaces
      .filter((space) => blockContains(space, next))
      .flatMap((space) =>
        costs(
          rest.filter((block) => !blockContains(space, block)),
          left - 1,
        ).map((cost) => cost + space.last - space.first + 1),
      );
  };
  const all = costs(blocks, most);
  return all.length === 0 ? null : Math.min(...all) - total;
}

describe('a cover of fewer blocks', () => {
  const tiny = fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 7 })
    .map((offsets) => aggregateBlocks(offsets.map((offset) => blockAt(FIRST + offset, 32))));

  it('holds all, is no more than asked, and adds the fewest addresses that any does', () => {
    fc.assert(
      fc.property(tiny, fc.integer({ min: 1, max: 4 }), (blocks, most) => {
        const cover: Cover | null = coverWithFewer(blocks, { most, mayOpen: () => true });
        expect(cover?.blocks.length).toBeLessThanOrEqual(most);
        for (const block of blocks) {
          expect(cover?.blocks.some((around) => blockContains(around, block))).toBe(true);
        }
        expect(cover?.added).toBe(fewestAdded(blocks, most));
        expect([...(cover?.blocks ?? [])].sort((a, b) => a.first - b.first)).toEqual(cover?.blocks);
      }),
    );
  });

  it('opens nothing that may not be opened, and is none where that leaves too many', () => {
    fc.assert(
      fc.property(tiny, fc.integer({ min: 1, max: 4 }), (blocks, most) => {
        const cover = coverWithFewer(blocks, { most, mayOpen: ({ prefixLength }) => prefixLength >= 30 });
        for (const block of cover?.blocks ?? []) {
          expect(block.prefixLength >= 30 || blocks.some(({ first }) => first === block.first)).toBe(true);
        }
        const none = coverWithFewer(blocks, { most, mayOpen: () => false });
        expect(none).toEqual(blocks.length <= most ? { blocks, added: 0 } : null);
      }),
    );
  });
});
