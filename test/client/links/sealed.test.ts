import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { seal, unseal } from '../../../client/links/sealed.js';
import type { LinkKeys } from '../../../domain/keys-file.js';

const secret = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');
const KEYS: LinkKeys = { current: 'b', secrets: { a: secret(1), b: secret(2) } };
const OTHERS: LinkKeys = { current: 'b', secrets: { b: secret(3) } };

describe('what is sealed', () => {
  it('comes out as it went in, whatever it is, and fits into a path', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }).filter((text) => text !== ''),
        (text) => {
          const sealed = seal(KEYS, 'form', text);
          expect(sealed).toMatch(/^[A-Za-z0-9._-]+$/);
          expect(unseal(KEYS, 'form', sealed)).toEqual({ ok: true, content: text });
        },
      ),
    );
  });

  it('is refused once any character of it is another one, and never throws', () => {
    const sealed = seal(KEYS, 'customer-link', 'of this connection');
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.constantFrom('A', 'B', 'a', 'b', '0', '1', '-', '_', '.'),
        (place, other) => {
          const changed = sealed.slice(0, place) + other + sealed.slice(place + 1);
          fc.pre(changed !== sealed);
          expect(unseal(KEYS, 'customer-link', changed).ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is worth nothing for another purpose, or by another’s key', () => {
    const sealed = seal(KEYS, 'form', 'text');
    expect(unseal(KEYS, 'operator-session', sealed)).toEqual({ ok: false, refusal: 'forged' });
    expect(unseal(OTHERS, 'form', sealed)).toEqual({ ok: false, refusal: 'forged' });
  });

  it('verifies with an older key as long as the file has it', () => {
    const before = seal({ ...KEYS, current: 'a' }, 'form', 'text');
    expect(unseal(KEYS, 'form', before).ok).toBe(true);
    const { b } = KEYS.secrets;
    expect(unseal({ current: 'b', secrets: { b: b ?? '' } }, 'form', before)).toEqual({
      ok: false,
      refusal: 'forged',
    });
  });

  it.each([
    '',
    '.',
    '..',
    'a.b',
    'a.b.c.d',
    'A'.repeat(2_000),
    '__proto__.e30.'.padEnd(57, 'A'),
    'b.e30.\u{1F600}',
  ])('has one form only: %j is none', (text) => {
    expect(unseal(KEYS, 'form', text)).toEqual({ ok: false, refusal: 'malformed' });
  });

  it('does not take a name that every object has for a key', () => {
    const sealed = seal({ current: 'constructor', secrets: { constructor: secret(9) } }, 'form', 'text');
    expect(unseal(KEYS, 'form', sealed)).toEqual({ ok: false, refusal: 'forged' });
  });

  it('is never longer than an address may be', () => {
    expect(() => seal(KEYS, 'form', 'x'.repeat(2_000))).toThrow(RangeError);
  });
});
