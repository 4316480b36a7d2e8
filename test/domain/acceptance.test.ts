import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  judgePeering,
  mismatchOf,
  type ExpectedPeering,
  type Judgement,
  type ObservedPeering,
} from '../../domain/acceptance.js';
import { VPC_PEERING_STATUSES } from '../../domain/lifecycle.js';

const EXPIRES_AT = '2026-01-08T00:00:00.000Z';
const BEFORE = '2026-01-07T23:59:59.999Z';

const expected: ExpectedPeering = {
  vpcPeeringConnectionId: 'pcx-0a1b2c3d',
  requester: { accountId: '111122223333', region: 'eu-west-1', vpcId: 'vpc-11111111' },
  accepter: { accountId: '444455556666', region: 'eu-central-1', vpcId: 'vpc-22222222' },
  subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'],
  expiresAt: EXPIRES_AT,
};

const observed: ObservedPeering = {
  vpcPeeringConnectionId: 'pcx-0a1b2c3d',
  status: 'active',
  statusMessage: 'as AWS says',
  expiresAt: EXPIRES_AT,
  requester: { ...expected.requester, cidrs: ['10.200.0.0/25'], allowsDnsResolution: false },
  accepter: { ...expected.accepter, cidrs: ['172.31.0.0/16'], allowsDnsResolution: false },
};

type Status = ObservedPeering['status'];
const judge = (status: Status, now = BEFORE, more: Partial<ObservedPeering> = {}): Judgement =>
  judgePeering(expected, { ...observed, ...more, status }, { now, wasAccepted: false });
const judgeLiving = (status: Status, more: Partial<ObservedPeering> = {}): Judgement =>
  judgePeering(expected, { ...observed, ...more, status }, { now: BEFORE, wasAccepted: true });

/** What each status of AWS means, written out whole: TypeScript asks for a line when AWS has a new one. */
const MEANING: Record<Status, Judgement> = {
  'initiating-request': { kind: 'waiting', note: 'AWS shows pcx-0a1b2c3d as initiating-request', soon: true },
  'pending-acceptance': {
    kind: 'waiting',
    note: 'AWS shows pcx-0a1b2c3d as pending-acceptance',
    soon: false,
  },
  provisioning: { kind: 'accepted' },
  active: { kind: 'accepted' },
  rejected: { kind: 'over', code: 'PeeringDeclined', note: 'the customer rejected the request in AWS' },
  expired: {
    kind: 'over',
    code: 'PeeringExpired',
    note: 'AWS dropped the request after 7 days without an answer',
  },
  failed: { kind: 'over', code: 'PeeringFailed', note: 'as AWS says' },
  deleting: { kind: 'waiting', note: 'AWS shows pcx-0a1b2c3d as deleting', soon: true },
  deleted: {
    kind: 'over',
    code: 'PeeringDeclined',
    note: 'the peering was deleted, AWS does not say by which account',
  },
  absent: { kind: 'absent', code: 'PeeringDeclined', note: 'no longer shown by AWS' },
};

describe('judgePeering', () => {
  it.each([...VPC_PEERING_STATUSES, 'absent' as const])('knows what %s means', (status) => {
    expect(judge(status)).toEqual(MEANING[status]);
  });

  it('says of a failed request without a message at least that it failed', () => {
    expect(judge('failed', BEFORE, { statusMessage: '' })).toEqual({
      kind: 'over',
      code: 'PeeringFailed',
      note: 'AWS shows the request as failed',
    });
  });

  it.each([
    [BEFORE, 'PeeringDeclined'],
    [EXPIRES_AT, 'PeeringExpired'],
    ['2026-01-09T00:00:00.000Z', 'PeeringExpired'],
  ])('takes one that is gone at %s for %s', (now, code) => {
    expect(judge('absent', now)).toMatchObject({ kind: 'absent', code });
  });

  it('takes one that is gone for declined when AWS never gave an expiry', () => {
    const judgement = judgePeering(
      { ...expected, expiresAt: null },
      { ...observed, status: 'absent' },
      { now: '9999', wasAccepted: false },
    );
    expect(judgement).toMatchObject({ kind: 'absent', code: 'PeeringDeclined' });
  });

  it.each([
    ['Deleted by 111122223333', 'PeeringDeleted', 'PeeringDeleted'],
    ['Deleted by 444455556666', 'PeeringDeclined', 'PeeringDisconnected'],
    ['', 'PeeringDeclined', 'PeeringDisconnected'],
  ])('says who deleted it, by the words "%s" of AWS', (statusMessage, waiting, living) => {
    expect(judge('deleted', BEFORE, { statusMessage })).toMatchObject({ kind: 'over', code: waiting });
    expect(judgeLiving('deleted', { statusMessage })).toMatchObject({ kind: 'over', code: living });
  });

  it('takes one that was accepted and is gone for disconnected, should that last', () => {
    expect(judgeLiving('absent')).toMatchObject({ kind: 'absent', code: 'PeeringDisconnected' });
  });

  it('waits for the blocks that AWS does not show right after the acceptance, and asks no more for them later', () => {
    const accepter = { ...observed.accepter, cidrs: [] };
    expect(judge('active', BEFORE, { accepter })).toMatchObject({ kind: 'waiting', soon: true });
    expect(judge('provisioning', BEFORE, { accepter })).toEqual({ kind: 'accepted' });
    expect(judgeLiving('active', { accepter })).toEqual({ kind: 'accepted' });
  });

  it('believes the clock in nothing that AWS shows', () => {
    for (const status of VPC_PEERING_STATUSES) {
      expect(judge(status, '2036-01-01T00:00:00.000Z')).toEqual(MEANING[status]);
    }
  });

  it.each(['provisioning', 'active'] as const)('refuses another VPC that is %s', (status) => {
    const accepter = { ...observed.accepter, vpcId: 'vpc-99999999' };
    expect(judge(status, BEFORE, { accepter })).toEqual({
      kind: 'mismatch',
      note: 'accepter VPC is vpc-99999999, requested was vpc-22222222',
    });
  });

  it('refuses an active one whose VPC lacks a range that was asked for', () => {
    const accepter = { ...observed.accepter, cidrs: ['172.31.0.0/20'] };
    expect(judge('active', BEFORE, { accepter })).toEqual({
      kind: 'mismatch',
      note: "172.31.16.0/20 lies outside the customer's VPC, whose blocks are 172.31.0.0/20",
    });
  });
});

/** The seven things that identify a peering, each made wrong. */
const WRONG: readonly [what: string, change: Partial<ObservedPeering>][] = [
  ['peering connection', { vpcPeeringConnectionId: 'pcx-wrong' }],
  ['requester account', { requester: { ...observed.requester, accountId: 'wrong' } }],
  ['requester region', { requester: { ...observed.requester, region: 'wrong' } }],
  ['requester VPC', { requester: { ...observed.requester, vpcId: 'wrong' } }],
  ['accepter account', { accepter: { ...observed.accepter, accountId: 'wrong' } }],
  ['accepter region', { accepter: { ...observed.accepter, region: 'wrong' } }],
  ['accepter VPC', { accepter: { ...observed.accepter, vpcId: 'wrong' } }],
];

describe('mismatchOf', () => {
  it('finds nothing wrong with what was requested', () => {
    expect(mismatchOf(expected, observed)).toBeNull();
  });

  it.each(WRONG)('tells another %s', (what, change) => {
    expect(mismatchOf(expected, { ...observed, ...change })).toMatch(
      new RegExp(`^${what} is (pcx-)?wrong, requested was \\S+$`),
    );
  });

  it('tells all that is wrong at once', () => {
    const wrong = { accountId: 'x', region: 'y', vpcId: 'z' };
    const all = mismatchOf(expected, {
      ...observed,
      vpcPeeringConnectionId: 'pcx-other',
      requester: { ...observed.requester, ...wrong },
      accepter: { ...observed.accepter, ...wrong },
    });
    expect(all?.split('; ').map((part) => part.replace(/ is .*/, ''))).toEqual(WRONG.map(([what]) => what));
  });

  it('finds nothing wrong in what AWS does not show', () => {
    const hidden = { accountId: '', region: '', vpcId: '', cidrs: [] };
    const accepter = { ...observed.accepter, ...hidden };
    for (const status of ['provisioning', 'active'] as const) {
      expect(mismatchOf(expected, { ...observed, status, accepter })).toBeNull();
    }
  });

  it('takes ranges that only neighbouring blocks of the VPC hold together', () => {
    const accepter = { ...observed.accepter, cidrs: ['10.1.0.0/17', '10.1.128.0/17'] };
    const asked = { ...expected, subnetCidrs: ['10.1.64.0/18', '10.1.0.0/16'] };
    expect(mismatchOf(asked, { ...observed, accepter })).toBeNull();
  });

  it('takes every subnet inside a VPC block, and names exactly those outside all', () => {
    const third = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 30, max: 33 }), third), { minLength: 1 }), (parts) => {
        const subnetCidrs = parts.map(([second, byte]) => `172.${second}.${byte}.0/24`);
        const accepter = { ...observed.accepter, cidrs: ['172.31.0.0/16', '172.33.0.0/16'] };
        const outside = subnetCidrs.filter((cidr) => /^172\.3[02]\./.test(cidr));
        const text = mismatchOf({ ...expected, subnetCidrs }, { ...observed, accepter });
        expect(text === null ? [] : text.replace(/ lies outside.*/, '').split(', ')).toEqual(outside);
      }),
    );
  });
});
