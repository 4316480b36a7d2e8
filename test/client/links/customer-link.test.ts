import { describe, expect, it } from '@jest/globals';
import { isRevoked, openLink, signLink } from '../../../client/links/customer-link.js';
import { linkUrl } from '../../../client/links/link-url.js';
import { seal } from '../../../client/links/sealed.js';
import type { LinkKeys } from '../../../domain/keys-file.js';

const KEYS: LinkKeys = { current: 'k1', secrets: { k1: Buffer.alloc(32, 7).toString('base64url') } };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;
const LINK = {
  organizationId: 'org-42',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  generation: 1_772_366_400_000,
  expiresAt: NOW + 7 * DAY,
};
const sealed = (...content: unknown[]): string => seal(KEYS, 'customer-link', JSON.stringify(content));

describe('a customer’s link', () => {
  it('opens its connection until it expires', () => {
    const token = signLink(LINK, KEYS, NOW);
    expect(openLink(token, KEYS, NOW)).toEqual({ ok: true, link: LINK });
    expect(openLink(token, KEYS, LINK.expiresAt - 1).ok).toBe(true);
    expect(openLink(token, KEYS, LINK.expiresAt)).toEqual({ ok: false, refusal: 'expired' });
  });

  it('is short enough for a mail, and another one each time', () => {
    const tokens = [signLink(LINK, KEYS, NOW), signLink(LINK, KEYS, NOW)];
    expect(new Set(tokens).size).toBe(2);
    expect(tokens[0]?.length).toBeLessThan(200);
  });

  it('is never made for more than seven days, nor believed when it says so', () => {
    expect(() => signLink({ ...LINK, expiresAt: NOW + 7 * DAY + 1 }, KEYS, NOW)).toThrow(RangeError);
    const early = signLink(LINK, KEYS, NOW);
    expect(openLink(early, KEYS, NOW - 600_000)).toEqual({ ok: false, refusal: 'malformed' });
    expect(openLink(early, KEYS, NOW - 60_000).ok).toBe(true);
  });

  const [nonce, seconds] = ['AAAAAAAAAAAAAAAA', Math.floor(NOW / 1_000) + 60];
  it.each([
    ['of another audience', ['operator', LINK.organizationId, LINK.vpcId, 1, seconds, nonce]],
    ['of a malformed organization', ['customer', '../x', LINK.vpcId, 1, seconds, nonce]],
    ['of a malformed VPC', ['customer', LINK.organizationId, 'vpc-1/..', 1, seconds, nonce]],
    ['without a generation', ['customer', LINK.organizationId, LINK.vpcId, 0, seconds, nonce]],
    [
      'of a generation that is no whole number',
      ['customer', LINK.organizationId, LINK.vpcId, 1.5, seconds, nonce],
    ],
    ['of an expiry that is no number', ['customer', LINK.organizationId, LINK.vpcId, 1, '9', nonce]],
    ['with a short nonce', ['customer', LINK.organizationId, LINK.vpcId, 1, seconds, 'A']],
    ['with something more', ['customer', LINK.organizationId, LINK.vpcId, 1, seconds, nonce, 1]],
    ['of nothing', []],
  ])('%s is none, though the signature is ours', (_, content) => {
    expect(openLink(sealed(...content), KEYS, NOW)).toEqual({ ok: false, refusal: 'malformed' });
  });

  it('is revoked unless it has the generation that the connection has', () => {
    expect(isRevoked(LINK, { linkGeneration: LINK.generation })).toBe(false);
    expect(isRevoked(LINK, { linkGeneration: LINK.generation + 1 })).toBe(true);
    expect(isRevoked(LINK, { linkGeneration: LINK.generation - 1 })).toBe(true);
    expect(isRevoked(LINK, {})).toBe(true);
  });

  it('stands behind the address that customers know, its path kept', () => {
    expect(linkUrl('https://peering.example.com/', 'T')).toBe('https://peering.example.com/c/T');
    expect(linkUrl('https://example.com/causeway', 'T')).toBe('https://example.com/causeway/c/T');
    expect(() => linkUrl('javascript:alert(1)', 'T')).toThrow(TypeError);
    expect(() => linkUrl('nowhere', 'T')).toThrow('Invalid URL');
  });
});
