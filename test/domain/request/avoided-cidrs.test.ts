import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  avoidedCidrs,
  avoidedCidrsIn,
  cidrsText,
  joinedCidrs,
  writtenCidrs,
} from '../../../domain/request/avoided-cidrs.js';

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `10.${Math.floor(index / 256)}.${index % 256}.0/24`);

describe('what a decline says of the customer’s network', () => {
  it('is the ranges in it, each once, whatever else is there', () => {
    const given = [
      '10.0.0.0/8',
      7,
      null,
      '10.0.0.0/8',
      'x'.repeat(100_000),
      '10.0.0.1/8',
      '::/0',
      '240.0.0.0/8',
    ];
    expect(avoidedCidrsIn(given)).toEqual(['10.0.0.0/8', '240.0.0.0/8']);
    expect(avoidedCidrsIn(numbered(1_000))).toEqual(numbered(100));
    expect(['10.0.0.0/8', null, undefined, { 0: '10.0.0.0/8' }].map(avoidedCidrsIn)).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it('never throws, and can always be asked for anew', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (value, list) => {
        for (const cidrs of [avoidedCidrsIn(value), avoidedCidrsIn(list)])
          expect(cidrs.length === 0 || avoidedCidrs.safeParse(cidrs).success).toBe(true);
      }),
    );
  });

  it('goes before what was known, as far as a request has room', () => {
    expect(joinedCidrs(['10.0.0.0/8'], ['11.0.0.0/8', '10.0.0.0/8'])).toEqual(['10.0.0.0/8', '11.0.0.0/8']);
    expect(joinedCidrs(['11.0.0.0/8'], numbered(100))).toEqual(['11.0.0.0/8', ...numbered(99)]);
  });
});

describe('ranges as people write them', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [
      ' 10.0.0.0/8,172.20.0.0/16; 192.168.0.0/24\n10.0.0.0/8 ',
      ['10.0.0.0/8', '172.20.0.0/16', '192.168.0.0/24'],
    ],
  ])('are read: %j', (text, cidrs) => {
    expect(writtenCidrs(text)).toEqual({ ok: true, cidrs });
  });

  it.each(['', ' , ', '10.0.0.0', '10.0.0.0/7', '10.0.0.1/8', 'ten', numbered(101).join()])(
    'are refused, with the reason: %j',
    (text) => {
      expect(writtenCidrs(text)).toEqual({
        ok: false,
        problems: expect.arrayContaining([expect.any(String)]),
      });
    },
  );

  it('are told by the first five', () => {
    expect(cidrsText(['10.0.0.0/8', '11.0.0.0/8'])).toBe('10.0.0.0/8, 11.0.0.0/8');
    expect(cidrsText(numbered(8))).toMatch(/^10\.0\.0\.0\/24, .*10\.0\.4\.0\/24 and 3 more$/);
  });
});
