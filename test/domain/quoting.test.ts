import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quoted, shown } from '../../domain/quoting.js';

describe('a value shown in a message', () => {
  it('is itself where it is short and plain', () => {
    for (const text of ['10.0.0.0/8', 'Łódź', '株式会社', '']) expect(shown(text)).toBe(text);
  });

  it('is cut at 60 characters, with nothing that breaks a line or reorders text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(shown(text)).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
      }),
    );
    expect(shown('x'.repeat(2_000_000))).toBe(`${'x'.repeat(60)}…`);
    expect(shown('a\nb\u202ec\ud800')).toBe('a\\u{a}b\\u{202e}c\\u{d800}');
  });

  it('cannot end its own quotes', () => expect(quoted('a" b')).toBe('"a\\" b"'));
});
