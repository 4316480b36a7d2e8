import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PeeringStatus } from '../../contract/status.js';
import { detailsOf } from '../../workflows/details.js';

const AT = '2026-01-01T00:00:00.000Z';

const status = (more: Partial<PeeringStatus> = {}): PeeringStatus => ({
  state: 'awaiting-acceptance',
  since: AT,
  organizationId: 'org-42',
  customerName: 'Acme',
  plan: {
    providerRegion: 'eu-west-1',
    providerCidr: '10.200.0.0/25',
    reasons: ['nearest'],
    advice: ['Use TLS'],
  },
  provider: {
    accountId: '111122223333',
    region: 'eu-west-1',
    vpcId: 'vpc-11111111',
    cidr: '10.200.0.0/25',
    subnetIds: [],
    routeTableId: null,
    networkAclId: null,
    securityGroupId: null,
  },
  customer: {
    accountId: '444455556666',
    region: 'eu-central-1',
    vpcId: 'vpc-22222222',
    subnetCidrs: ['172.31.0.0/20'],
  },
  peeringConnectionId: 'pcx-0a1b2c3d',
  expiresAt: '2026-01-08T00:00:00.000Z',
  round: 1,
  reminders: 0,
  nextStep: { who: 'customer', what: 'Accept pcx-0a1b2c3d in eu-central-1' },
  parked: null,
  facts: { customerSteps: null },
  history: [{ at: AT, state: 'planning', note: 'request received' }],
  failure: null,
  ...more,
});

/** As shown three days after the request. */
const shown = (seen: PeeringStatus): string => detailsOf(seen, Date.parse('2026-01-04T01:00:00.000Z'));

/** The same text put wherever others may have written something. */
const written = (text: string): PeeringStatus =>
  status({
    customerName: text,
    customer: { accountId: text, region: text, vpcId: text, subnetCidrs: [text] },
    nextStep: { who: 'customer', what: text },
    plan: { providerRegion: text, providerCidr: text, reasons: [text], advice: [text] },
    peeringConnectionId: text,
    history: [{ at: AT, state: 'planning', note: text }],
  });

/** Markdown's marks that are not escaped, line by line; an escape is a backslash and the mark after it. */
const marksOf = (markdown: string): string[] =>
  markdown.split('\n').map((line) => line.replace(/\\./g, '').replace(/[^\\`*_{}[\]<>#+!|~&]/g, ''));

describe('the details in the Temporal UI', () => {
  it('tell the state, what comes next, both sides, the plan and what has happened', () => {
    const details = shown(status());
    for (const part of [
      '### Acme: awaiting-acceptance',
      '**Next step** (customer): Accept pcx-0a1b2c3d in eu-central-1',
      '- **Provider**: account 111122223333 in eu-west-1: vpc-11111111, 10.200.0.0/25',
      '- **Customer**: account 444455556666 in eu-central-1: vpc-22222222, 172.31.0.0/20',
      '- **Peering**: pcx-0a1b2c3d, round 1; AWS drops the request at 2026-01-08T00:00:00.000Z, 3 days left when last looked at',
      '- nearest',
      '- Use TLS',
      `- ${AT} planning: request received`,
    ]) {
      expect(details.split('\n')).toContain(part);
    }
  });

  it('can be told before anything is decided', () => {
    const details = shown(status({ plan: null, provider: null, peeringConnectionId: null, expiresAt: null }));
    expect(details).toContain('- **Peering**: not requested yet');
    expect(details).toContain('- **Provider**: not planned yet');
    expect(details).not.toContain('**Plan**');
  });

  it('tell an expiry only while there is something to accept', () => {
    expect(shown(status({ state: 'active' }))).not.toContain('AWS drops');
  });

  it.each([
    '<script>alert(1)</script>',
    '[here](https://evil.example)',
    '![x](https://evil.example/pixel.png)',
    'a | b | c',
    '**bold** _it_ `code` ~~gone~~',
    'x\n\n# Approved\n\n- [x] done',
    'x\r# Approved',
    '&lt;img src=x&gt;',
    '\\',
    '\\<b>',
    '<https://evil.example>',
  ])('show what others wrote as text: %j', (text) => {
    expect(marksOf(shown(written(text)))).toEqual(marksOf(shown(written('Acme'))));
  });

  it('show any text whatever as text, each on its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
        expect(marksOf(shown(written(text)))).toEqual(marksOf(shown(written('Acme'))));
      }),
    );
  });

  it('cut what is long, and count the rest', () => {
    const details = shown(
      status({
        customerName: 'n'.repeat(5_000),
        customer: {
          ...status().customer,
          subnetCidrs: Array.from({ length: 40 }, (_, index) => `10.0.${index}.0/24`),
        },
      }),
    );
    expect(details).toContain('10.0.4.0/24 and 35 more');
    expect(details).not.toContain('10.0.5.0/24');
    expect(details.length).toBeLessThan(2_000);
  });

  it('tell the last eight things that happened, and how often', () => {
    const history = Array.from({ length: 50 }, (_, index) => ({
      at: AT,
      state: 'parked' as const,
      note: `note ${index}.`,
      ...(index === 49 ? { count: 7 } : {}),
    }));
    const lines = shown(status({ history })).split('**History**\n')[1]?.split('\n') ?? [];
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe(`- ${AT} parked: note 42.`);
    expect(lines[7]).toBe(`- ${AT} parked: note 49. (7 times)`);
  });
});
