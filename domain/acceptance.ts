import { blockContains, parseBlock, aggregateBlocks } from './addresses/blocks.js';
import type { FailureCode } from './failures.js';
import type { VpcPeeringStatus } from './lifecycle.js';

/** A VPC peering connection as one account sees it in AWS. */
export interface ObservedPeering {
  vpcPeeringConnectionId: string;
  /** `absent`: AWS no longer shows it. */
  status: VpcPeeringStatus | 'absent';
  statusMessage: string;
  /** ISO 8601, UTC. */
  expiresAt: string | null;
  requester: ObservedVpc;
  accepter: ObservedVpc;
}

export interface ObservedVpc {
  accountId: string;
  region: string;
  vpcId: string;
  /** Empty for the other side's VPC until the peering is active, and as long as AWS does not show them. */
  cidrs: string[];
  /** Null where AWS does not show that side's option. */
  allowsDnsResolution: boolean | null;
}

/** What was requested, and what alone may be believed. */
export interface ExpectedPeering {
  vpcPeeringConnectionId: string;
  requester: { accountId: string; region: string; vpcId: string };
  accepter: { accountId: string; region: string; vpcId: string };
  subnetCidrs: readonly string[];
  /** ISO 8601, UTC, as AWS gave it with the request. */
  expiresAt: string | null;
}

/** What an observation means for whoever waits for the peering, or lives by it. */
export type Judgement =
  /** `soon`: AWS is on its way to another answer, so that it is to be looked at again soon. */
  | { kind: 'waiting'; note: string; soon: boolean }
  | { kind: 'accepted' }
  /** Accepted, and not what was requested. */
  | { kind: 'mismatch'; note: string }
  /** Nothing is shown: what that means, once it has lasted. */
  | { kind: 'absent'; code: FailureCode; note: string }
  | { kind: 'over'; code: FailureCode; note: string };

/** What is known besides what AWS shows now. */
export interface KnownBefore {
  /** ISO 8601, UTC; only used to tell an expired request from a declined one that AWS no longer shows. */
  now: string;
  /** Whether AWS has shown it as accepted before. */
  wasAccepted: boolean;
}

/**
 * Decides from what AWS shows, never from what anyone says.
 * @source https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
export function judgePeering(
  expected: ExpectedPeering,
  observed: ObservedPeering,
  known: KnownBefore,
): Judgement {
  const { status, vpcPeeringConnectionId: id } = observed;
  switch (status) {
    case 'pending-acceptance':
      return { kind: 'waiting', note: `AWS shows ${id} as ${status}`, soon: false };
    case 'initiating-request':
    case 'deleting':
      return { kind: 'waiting', note: `AWS shows ${id} as ${status}`, soon: true };
    case 'provisioning':
    case 'active':
      return judgeAcceptance(expected, observed, known);
    case 'rejected':
      return { kind: 'over', code: 'PeeringDeclined', note: 'the customer rejected the request in AWS' };
    case 'expired':
      return {
        kind: 'over',
        code: 'PeeringExpired',
        note: 'AWS dropped the request after 7 days without an answer',
      };
    case 'failed':
      return {
        kind: 'over',
        code: 'PeeringFailed',
        note: observed.statusMessage || 'AWS shows the request as failed',
      };
    case 'deleted':
      return { kind: 'over', ...judgeDeletion(expected, observed, known) };
    case 'absent':
      return { kind: 'absent', ...judgeAbsence(expected, known) };
  }
}

function judgeAcceptance(
  expected: ExpectedPeering,
  observed: ObservedPeering,
  { wasAccepted }: KnownBefore,
): Judgement {
  const mismatch = mismatchOf(expected, observed);
  if (mismatch !== null) return { kind: 'mismatch', note: mismatch };
  if (wasAccepted || observed.status !== 'active' || showsBlocks(observed)) return { kind: 'accepted' };
  const { vpcPeeringConnectionId: id } = observed;
  return {
    kind: 'waiting',
    note: `AWS shows ${id} as active, and not yet the CIDR blocks of the customer's VPC`,
    soon: true,
  };
}

/** AWS keeps a deleted peering in sight for hours, and says in its message whose account deleted it. */
function judgeDeletion(
  { requester }: ExpectedPeering,
  { statusMessage }: ObservedPeering,
  { wasAccepted }: KnownBefore,
): { code: FailureCode; note: string } {
  const [, by] = /\bdeleted by (\d{12})\b/i.exec(statusMessage) ?? [];
  if (by === requester.accountId) {
    return { code: 'PeeringDeleted', note: `the provider's own account, ${by}, deleted the peering` };
  }
  const whose = by === undefined ? 'AWS does not say by which account' : `by account ${by}`;
  return {
    code: wasAccepted ? 'PeeringDisconnected' : 'PeeringDeclined',
    note: `the peering was deleted, ${whose}`,
  };
}

function judgeAbsence(
  { expiresAt }: ExpectedPeering,
  { now, wasAccepted }: KnownBefore,
): { code: FailureCode; note: string } {
  if (wasAccepted) return { code: 'PeeringDisconnected', note: 'no longer shown by AWS' };
  return expiresAt !== null && now >= expiresAt
    ? { code: 'PeeringExpired', note: 'past its expiry and no longer shown by AWS' }
    : { code: 'PeeringDeclined', note: 'no longer shown by AWS' };
}

/** Whether AWS shows the blocks of the customer's VPC, which it promises for no certain moment. */
export function showsBlocks({ accepter }: ObservedPeering): boolean {
  return accepter.cidrs.length > 0;
}

/** Why an accepted peering is not the one that was requested; null when it is. What AWS does not show says nothing. */
export function mismatchOf(expected: ExpectedPeering, observed: ObservedPeering): string | null {
  const pairs: [what: string, wanted: string, seen: string][] = [
    ['peering connection', expected.vpcPeeringConnectionId, observed.vpcPeeringConnectionId],
    ['requester account', expected.requester.accountId, observed.requester.accountId],
    ['requester region', expected.requester.region, observed.requester.region],
    ['requester VPC', expected.requester.vpcId, observed.requester.vpcId],
    ['accepter account', expected.accepter.accountId, observed.accepter.accountId],
    ['accepter region', expected.accepter.region, observed.accepter.region],
    ['accepter VPC', expected.accepter.vpcId, observed.accepter.vpcId],
  ];
  const wrong = pairs.filter(([, wanted, seen]) => seen !== '' && wanted !== seen);
  if (wrong.length > 0) {
    return wrong.map(([what, wanted, seen]) => `${what} is ${seen}, requested was ${wanted}`).join('; ');
  }
  return observed.status === 'active' ? rangesOutside(expected.subnetCidrs, observed.accepter.cidrs) : null;
}

/** The customer's blocks show only while the peering is active, so this is checked then, before any route. */
function rangesOutside(subnetCidrs: readonly string[], vpcCidrs: readonly string[]): string | null {
  if (vpcCidrs.length === 0) return null;
  const vpcBlocks = aggregateBlocks(vpcCidrs.map(parseBlock));
  const outside = subnetCidrs.filter(
    (cidr) => !vpcBlocks.some((vpcBlock) => blockContains(vpcBlock, parseBlock(cidr))),
  );
  return outside.length === 0
    ? null
    : `${outside.join(', ')} lies outside the customer's VPC, whose blocks are ${vpcCidrs.join(', ')}`;
}
