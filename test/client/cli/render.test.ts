import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { renderChecks } from '../../../client/cli/render/checks.js';
import { renderList } from '../../../client/cli/render/list.js';
import type { Look } from '../../../client/cli/render/look.js';
import { renderPlan } from '../../../client/cli/render/plan.js';
import { plainText } from '../../../client/cli/render/plain-text.js';
import { renderStatus } from '../../../client/cli/render/status.js';
import { table } from '../../../client/cli/render/table.js';
import { deadlineText, pastText, spanText } from '../../../client/cli/render/times.js';
import type { PeeringPlan } from '../../../contract/plan.js';
import type { PeeringStatus } from '../../../contract/status.js';

const now = new Date('2026-01-02T00:00:00Z');
const plain: Look = { colors: pc.createColors(false), width: null, now };
const coloured: Look = { ...plain, colors: pc.createColors(true) };

const status: PeeringStatus = {
  state: 'awaiting-acceptance',
  since: '2026-01-01T22:00:00.000Z',
  organizationId: 'org-42',
  customerName: 'Acme',
  plan: {
    providerRegion: 'eu-west-1',
    providerCidr: '10.200.0.0/25',
    reasons: ['it is near'],
    advice: ['Use TLS'],
  },
  provider: {
    accountId: '111122223333',
    region: 'eu-west-1',
    vpcId: 'vpc-provider',
    cidr: '10.200.0.0/25',
    subnetIds: ['subnet-a', 'subnet-b'],
    routeTableId: null,
    networkAclId: 'acl-1',
    securityGroupId: 'sg-1',
  },
  customer: {
    accountId: '444455556666',
    region: 'eu-central-1',
    vpcId: 'vpc-customer',
    subnetCidrs: ['172.31.0.0/20'],
  },
  peeringConnectionId: 'pcx-1',
  expiresAt: '2026-01-08T22:30:00.000Z',
  round: 1,
  reminders: 0,
  nextStep: { who: 'customer', what: 'Accept pcx-1 in eu-central-1' },
  parked: null,
  facts: { customerSteps: null },
  history: [{ at: '2026-01-01T22:00:00.000Z', state: 'awaiting-acceptance', note: 'pcx-1 waits', count: 3 }],
  failure: null,
};

describe('a status', () => {
  it('says where it stands, who is next, and how long is left', () => {
    const text = renderStatus(plain, status);
    expect(text).toMatch(/State +awaiting-acceptance\n +Since +2026-01-01 22:00:00 UTC \(2 h ago\)/);
    expect(text).toMatch(/Next +customer: Accept pcx-1 in eu-central-1/);
    expect(text).toMatch(/Expires +2026-01-08 22:30:00 UTC \(6 days 22 h left\)/);
    expect(text).toMatch(/VPC +vpc-provider +vpc-customer/);
    expect(text).toContain('pcx-1 waits (3 times, this is the last)');
    expect(text).not.toMatch(/[ \t]$/m);
  });

  it('says what a parked run waits for, and why a failed one failed', () => {
    const parked = renderStatus(plain, {
      ...status,
      state: 'parked',
      parked: {
        from: 'building-network',
        for: 'VPCs per Region',
        who: 'provider',
        since: '2026-01-01T23:59:00.000Z',
        message: 'ec2:CreateVpc in eu-west-1: VpcLimitExceeded: full',
      },
    });
    expect(parked).toMatch(
      /waits for VPCs per Region, from provider\n +ec2:CreateVpc in eu-west-1: VpcLimitExceeded: full\n +was building-network; parked since .*\(1 min ago\)/,
    );
    expect(parked).not.toContain('Expires');
    const failed = renderStatus(plain, {
      ...status,
      state: 'failed',
      failure: {
        code: 'PeeringFailed',
        message: 'it overlaps',
        who: 'customer',
        nextStep: 'Check the ranges.',
      },
    });
    expect(failed).toMatch(/PeeringFailed: it overlaps\n +customer: Check the ranges\./);
  });

  it('lets no text from others act on the terminal', () => {
    const evil = '\u001b]0;x\u0007\u001b[2J\r\n\u009b\u202e';
    const text = renderStatus(plain, {
      ...status,
      customerName: evil,
      organizationId: evil,
      nextStep: { who: 'customer', what: evil },
      history: [{ at: evil, state: 'active', note: evil }],
      plan: { providerRegion: evil, providerCidr: evil, reasons: [evil], advice: [evil] },
    });
    const acting = Array.from(text).filter((character) => !/[\n \p{L}\p{N}\p{P}\p{S}]/u.test(character));
    expect(acting).toEqual([]);
    expect(text.split('\\u{1b}]0;x').length).toBeGreaterThan(5);
  });

  it('has colour only where it is wanted', () => {
    expect(renderStatus(plain, status)).not.toContain('\u001b');
    expect(renderStatus(coloured, status)).toContain('\u001b[33mawaiting-acceptance\u001b[39m');
  });
});

describe('a plan', () => {
  const plan: PeeringPlan = {
    providerRegion: 'eu-west-1',
    providerCidr: '172.24.0.0/25',
    providerSubnetCidrs: ['172.24.0.0/26', '172.24.0.64/26'],
    roundTripMs: 27,
    ranking: [
      { region: 'eu-west-1', roundTripMs: 27 },
      { region: 'us-east-1', roundTripMs: 93 },
    ],
    reasons: ['eu-west-1 is nearest'],
    runnersUp: [{ cidr: '172.24.0.128/25', reason: 'is free too' }],
    rejected: [{ cidr: '10.200.0.0/25', reason: 'overlaps' }],
    advice: [],
    access: {
      routes: ['10.0.0.0/24'],
      networkAclEntries: [
        {
          ruleNumber: 100,
          egress: true,
          protocol: '6',
          cidrBlock: '10.0.0.0/24',
          portRange: { from: 5432, to: 5432 },
          icmp: null,
        },
        {
          ruleNumber: 110,
          egress: false,
          protocol: '1',
          cidrBlock: '10.0.0.0/24',
          portRange: null,
          icmp: { type: 3, code: 4 },
        },
      ],
      securityGroupEgress: [
        { ipProtocol: 'udp', fromPort: 8000, toPort: 8100, cidr: '10.0.0.0/24' },
        { ipProtocol: 'icmp', fromPort: 8, toPort: -1, cidr: '10.0.0.0/24' },
      ],
    },
  };
  const subject = { customerName: 'Acme', organizationId: 'org-42', vpcId: 'vpc-1', region: 'eu-central-1' };

  it('shows the choice, what was passed over, and every rule', () => {
    const text = renderPlan(plain, plan, subject);
    expect(text).toMatch(/eu-west-1 +27 ms +chosen\n +us-east-1 +93 ms\n/);
    expect(text).toMatch(/10\.200\.0\.0\/25 +overlaps/);
    expect(text).toMatch(
      /out +100 +tcp +5432 +10\.0\.0\.0\/24\n +in +110 +icmp +type 3 code 4 +10\.0\.0\.0\/24/,
    );
    expect(text).toMatch(/udp +8000-8100 +10\.0\.0\.0\/24\n +icmp +type 8 +10\.0\.0\.0\/24/);
    expect(text).not.toContain('Advice');
  });
});

describe('a list', () => {
  it('says when there is nothing, and what to do', () => {
    expect(renderList(plain, [])).toContain('causeway request');
    expect(renderList(plain, [], 'active')).toBe('No connection is active. `causeway list` shows all.');
  });

  it('has a line for each connection', () => {
    const listed = {
      organizationId: 'org-42',
      vpcId: 'vpc-1',
      state: 'active' as const,
      providerRegion: 'eu-west-1',
      customerAccountId: null,
      peeringConnectionId: 'pcx-1',
      workflowId: 'peering/org-42/vpc-1',
      runId: 'r',
      startedAt: '2026-01-01T00:00:00.000Z',
    };
    expect(renderList(plain, [listed]).split('\n')[1]).toMatch(
      /^ {2}active +org-42 +vpc-1 +eu-west-1 +- +pcx-1 +2026-01-01 00:00:00 UTC \(1 day ago\)$/,
    );
  });
});

describe('checks', () => {
  it('tell apart well, wrong and not looked at, with what to do', () => {
    const text = renderChecks(plain, [
      { name: 'node', ok: true, detail: '20', next: null },
      { name: 'worker', ok: false, detail: 'nobody polls', next: 'Start one' },
      { name: 'aws', ok: null, detail: 'not checked', next: null },
    ]);
    expect(text).toMatch(
      /ok +node +20\n +wrong +worker +nobody polls\n +next: Start one\n +- +aws +not checked/,
    );
  });
});

describe('a table in a terminal', () => {
  it('wraps its last column to the width, and only where there is room for it', () => {
    const rows = [['short', 'a sentence that is longer than the room there is for it']];
    const lines = table({ ...plain, width: 40 }, { rows }).split('\n');
    expect(lines.length).toBe(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(table({ ...plain, width: 20 }, { rows }).split('\n').length).toBe(1);
  });
});

describe('times', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [86_400_000 + 60_000, '1 day'],
    [6 * 86_400_000 + 23 * 3_600_000 + 5, '6 days 23 h'],
  ])('%d ms are %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it('that are over, yet to come by another clock, or none at all', () => {
    expect(deadlineText('2026-01-01T00:00:00Z', now)).toBe('2026-01-01 00:00:00 UTC (over)');
    expect(pastText('2026-01-02T00:00:05Z', now)).toBe('2026-01-02 00:00:05 UTC (just now)');
    expect(pastText('soon', now)).toBe('soon');
  });
});

describe('text from others', () => {
  it('keeps its letters in any script, whole', () => {
    const text = `${'Ünïtéd 東京 🚀 '.repeat(20)}end`;
    expect(plainText(text)).toBe(text);
    expect(plainText('a\u200bb\ud800')).toBe('a\\u{200b}b\\u{d800}');
  });
});
