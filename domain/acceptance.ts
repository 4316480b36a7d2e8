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
  /** Empty for the other side's VPC until the peering is active. */
  cidrs: string[];
  allowsDnsResolution: boolean;
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

/** What an observation means for a run that waits for acceptance. */
export type Judgement =
  | { kind: 'waiting'; note: string }
  | { kind: 'accepted'; active: boolean }
  | { kind: 'over'; code: FailureCode; note: string };

/**
 * Decides from what AWS shows, never from what anyone says.
 * @param now ISO 8601, UTC; only used to tell an expired request from a declined one that AWS no longer shows
 * @source https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
export function judgePeering(expected: ExpectedPeering, observed: ObservedPeering, now: string): Judgement {
  switch (observed.status) {
    case 'initiating-request':
    case 'pending-acceptance':
      return { kind: 'waiting', note: `AWS shows ${observed.vpcPeeringConnectionId} as ${observed.status}` };
    case 'provisioning':
    case 'active': {
      const mismatch = mismatchOf(expected, observed);
      return mismatch === null
        ? { kind: 'accepted', active: observed.status === 'active' }
        : { kind: 'over', code: 'AcceptanceMismatch', note: mismatch };
    }
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
    case 'deleting':
    case 'deleted':
      return {
        kind: 'over',
        code: 'PeeringDeclined',
        note: `the peering was deleted (AWS shows ${observed.status})`,
      };
    case 'absent':
      return expected.expiresAt !== null && now >= expected.expiresAt
        ? { kind: 'over', code: 'PeeringExpired', note: 'past its expiry and no longer shown by AWS' }
        : { kind: 'over', code: 'PeeringDeclined', note: 'no longer shown by AWS' };
  }
}

/** Why an accepted peering is not the one that was requested; null when it is. */
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
  const wrong = pairs.filter(([, wanted, seen]) => wanted !== seen);
  if (wrong.length > 0) {
    return wrong.map(([what, wanted, seen]) => `${what} is ${seen}, requested was ${wanted}`).join('; ');
  }
  return observed.status === 'active' ? rangesOutside(expected.subnetCidrs, observed.accepter.cidrs) : null;
}

/** The customer's blocks show only while the peering is active, so this is checked then, before any route. */
function rangesOutside(subnetCidrs: readonly string[], vpcCidrs: readonly string[]): string | null {
  const vpcBlocks = aggregateBlocks(vpcCidrs.map(parseBlock));
  const outside = subnetCidrs.filter(
    (cidr) => !vpcBlocks.some((vpcBlock) => blockContains(vpcBlock, parseBlock(cidr))),
  );
  return outside.length === 0
    ? null
    : `${outside.join(', ')} lies outside the customer's VPC, whose blocks are ${vpcCidrs.join(', ') || 'not shown'}`;
}
