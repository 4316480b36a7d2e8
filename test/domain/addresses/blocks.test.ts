import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IPv4CidrRange } from 'ip-num';
import {
  aggregateBlocks,
  aggregateCidrs,
  blockContains,
  BlockError,
  blocksOverlap,
  cidrContains,
  cidrsOverlap,
  formatBlock,
  parseBlock,
  splitBlock,
  subnetCidrsOf,
  tryParseBlock,
  type Ipv4Block,
} from '../../../domain/addresses/blocks.js';

const anyBlock = fc
  .record({
    address: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    prefixLength: fc.integer({ min: 0, max: 32 }),
  })
  .map(({ address, prefixLength }): Ipv4Block => {
    const size = 2 ** (32 - prefixLength);
    const first = Math.floor(address / size) * size;
    return { first, last: first + size - 1, prefixLength };
  });

/** Blocks in a space of 256 addresses, small enough to compare sets of addresses one by one. */
const smallBlock = fc
  .record({ address: fc.integer({ min: 0, max: 255 }), prefixLength: fc.integer({ min: 24, max: 32 }) })
  .map(({ address, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    const first = 0x0a000000 + Math.floor(address / size) * size;
    return { first, last: first + size - 1, prefixLength };
  });

function addressesOf(blocks: readonly Ipv4Block[]): Set<number> {
  const addresses = new Set<number>();
  for (const { first, last } of blocks) for (let next = first; next <= last; next += 1) addresses.add(next);
  return addresses;
}

describe('reading a block', () => {
  it('gives back what was formatted', () => {
    fc.assert(fc.property(anyBlock, (block) => expect(parseBlock(formatBlock(block))).toEqual(block)));
  });

  it('has the first and last address that ip-num has', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        const range = IPv4CidrRange.fromCidr(formatBlock(block));
        expect(BigInt(block.first)).toBe(range.getFirst().value);
        expect(parseBlock(range.toCidrString()).last).toBe(Number(range.getLast().value));
      }),
    );
  });

  it('never takes a text that is not the canonical one of its block', () => {
    const nearlyBlock = fc
      .array(
        fc.constantFrom('0', '1', '9', '10', '255', '256', '.', '/', '8', '24', '32', ' ', '-', 'x', ':'),
        {
          maxLength: 12,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(nearlyBlock, fc.string()), (text) => {
        const parsed = tryParseBlock(text);
        if (parsed.ok) expect(formatBlock(parsed.block)).toBe(text);
        else expect(parsed.problem).not.toBe('');
      }),
    );
  });

  it.each([
    ['10.0.0.1/24', '10.0.0.1/24 has host bits; the block is 10.0.0.0/24'],
    ['10.200.0.64/25', '10.200.0.64/25 has host bits; the block is 10.200.0.0/25'],
    ['010.0.0.0/8', 'leading zero'],
    ['10.0.0.0/08', 'leading zero'],
    ['0x0a.0.0.0/8', 'is not an IPv4 range'],
    ['１０.0.0.0/8', 'is not an IPv4 range'],
    ['10.0.0.٠/8', 'is not an IPv4 range'],
    ['1e1.0.0.0/8', 'is not an IPv4 range'],
    ['10.0.0/8', 'is not an IPv4 range'],
    ['10.0.0.0/8/8', 'is not an IPv4 range'],
    ['10.0.0.0/', 'is not an IPv4 range'],
    ['10.0.0.0/-1', 'is not an IPv4 range'],
    ['10.0.0.0/+8', 'is not an IPv4 range'],
    ['167772160/8', 'is not an IPv4 range'],
    ['', 'is not an IPv4 range'],
    ['10.0.0.0', 'has no prefix length'],
    ['10.0.0.0/33', 'prefix length above 32'],
    ['10.0.0.256/32', 'above 255'],
    [' 10.0.0.0/8', 'white space'],
    ['10.0.0.0/8\n', 'white space'],
    ['::/0', 'IPv6'],
    ['fd00::/8', 'IPv6'],
    ['::ffff:10.0.0.0/104', 'IPv6'],
    ['10.0.0.0/8\u0000', '\\u{0}'],
  ])('refuses %j saying what is wrong', (text, part) => {
    expect(tryParseBlock(text)).toEqual({ ok: false, problem: expect.stringContaining(part) });
    expect(() => parseBlock(text)).toThrow(BlockError);
  });

  it.each(['::'.repeat(500_000), '1'.repeat(1_000_000), ' '.repeat(1_000_000)])(
    'answers a text of a million characters shortly',
    (text) => {
      const parsed = tryParseBlock(text);
      expect(parsed.ok ? '' : parsed.problem.length).toBeLessThan(150);
    },
  );
});

describe('comparing blocks', () => {
  it('finds an overlap exactly where one of two holds the other, both ways', () => {
    fc.assert(
      fc.property(smallBlock, smallBlock, (a, b) => {
        const shared = [...addressesOf([a])].filter((address) => addressesOf([b]).has(address));
        expect(blocksOverlap(a, b)).toBe(shared.length > 0);
        expect(blocksOverlap(b, a)).toBe(blocksOverlap(a, b));
        expect(blockContains(a, b)).toBe(shared.length === addressesOf([b]).size);
      }),
    );
  });

  it('compares texts as well', () => {
    expect(cidrsOverlap('10.0.0.0/8', '10.200.0.0/25')).toBe(true);
    expect(cidrsOverlap('10.200.0.0/25', '10.200.0.128/25')).toBe(false);
    expect(cidrContains('0.0.0.0/0', '255.255.255.255/32')).toBe(true);
    expect(cidrContains('10.200.0.0/25', '10.200.0.0/24')).toBe(false);
  });
});

describe('aggregating blocks', () => {
  it('keeps exactly the same addresses, in order, nothing left to merge', () => {
    fc.assert(
      fc.property(fc.array(smallBlock, { maxLength: 12 }), (blocks) => {
        const merged = aggregateBlocks(blocks);
        expect(addressesOf(merged)).toEqual(addressesOf(blocks));
        expect([...merged].sort((a, b) => a.first - b.first)).toEqual(merged);
        expect(merged.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBe(
          addressesOf(blocks).size,
        );
        for (const [index, block] of merged.entries()) {
          expect(parseBlock(formatBlock(block))).toEqual(block);
          const next = merged[index + 1];
          if (next === undefined || next.prefixLength !== block.prefixLength) continue;
          const wider = 2 * (block.last - block.first + 1);
          expect(next.first === block.last + 1 && block.first % wider === 0).toBe(false);
        }
      }),
    );
  });

  it.each([
    [['10.0.0.0/25', '10.0.0.128/25'], ['10.0.0.0/24']],
    [
      ['10.0.0.128/25', '10.0.1.0/25'],
      ['10.0.0.128/25', '10.0.1.0/25'],
    ],
    [['10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0/8']],
    [['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0']],
    [['255.255.255.255/32', '255.255.255.254/32'], ['255.255.255.254/31']],
    [
      ['10.0.0.0/32', '10.0.0.2/32'],
      ['10.0.0.0/32', '10.0.0.2/32'],
    ],
    [[], []],
  ])('turns %j into %j', (cidrs, merged) => expect(aggregateCidrs(cidrs)).toEqual(merged));
});

describe('splitting blocks', () => {
  it('covers the block with equal pieces in order', () => {
    fc.assert(
      fc.property(anyBlock, fc.integer({ min: 0, max: 8 }), (block, deeper) => {
        const prefixLength = Math.min(32, block.prefixLength + deeper);
        const pieces = splitBlock(block, prefixLength);
        expect(pieces).toHaveLength(2 ** (prefixLength - block.prefixLength));
        expect(new Set(pieces.map((piece) => piece.prefixLength))).toEqual(new Set([prefixLength]));
        expect(aggregateBlocks(pieces)).toEqual([block]);
      }),
    );
  });

  it.each([23, 33, 24.5, NaN, -1])('refuses pieces of /%p of a /24', (prefixLength) => {
    expect(() => splitBlock(parseBlock('10.0.0.0/24'), prefixLength)).toThrow(BlockError);
  });

  it('refuses to make millions of pieces', () => {
    expect(() => splitBlock(parseBlock('0.0.0.0/0'), 32)).toThrow('cannot be split');
  });

  it('gives a VPC two halves for two zones, and leaves a /28 whole', () => {
    expect(subnetCidrsOf('10.200.0.0/25')).toEqual(['10.200.0.0/26', '10.200.0.64/26']);
    expect(subnetCidrsOf('10.200.0.16/28')).toEqual(['10.200.0.16/28']);
    expect(() => subnetCidrsOf('10.200.0.16/29')).toThrow(BlockError);
  });
});
