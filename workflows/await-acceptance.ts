import { workflowInfo } from '@temporalio/workflow';
import type { NextStep } from '../contract/status.js';
import { judgePeering } from '../domain/acceptance.js';
import { DAY_MS, durationMs, MINUTE_MS } from '../domain/durations.js';
import { isAccepted } from '../domain/lifecycle.js';
import { transitGatewayAdvice } from '../domain/plan.js';
import { ending } from './failure.js';
import type { Inbox } from './inbox.js';
import { ParkingLot } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering } from './stages.js';

/** When AWS is asked after the request should have expired, and how often while AWS takes its time. */
const AFTER_EXPIRY_MS = MINUTE_MS;

/** A request is open for 7 days. */
const OPEN_FOR_MS = 7 * DAY_MS;

interface Waiting {
  record: PeeringRecord;
  inbox: Inbox;
}

/**
 * Waits until AWS shows that the customer accepted. It looks when a signal or the region's observer says so, at each
 * reminder and after the expiry; only what AWS shows moves it on.
 */
export async function awaitAcceptance(
  requested: RequestedPeering,
  { record, inbox }: Waiting,
): Promise<'accepted' | 'history-grown'> {
  const parking = new ParkingLot(record, requested.settings.acceptance.observeEvery);
  const { providerRegion: region, expected } = requested;
  const { vpcPeeringConnectionId } = expected;
  record.move('awaiting-acceptance', `${vpcPeeringConnectionId} waits for the customer`, askOf(requested));
  let answer: string | undefined;
  for (;;) {
    const { claimed } = inbox.startLooking();
    const observed = await parking.run((aws) =>
      aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
    );
    if (inbox.declined !== null && (observed.status === 'absent' || !isAccepted(observed.status))) {
      throw ending('PeeringDeclined', inbox.declined);
    }
    const judgement = judgePeering(expected, observed, new Date().toISOString());
    if (judgement.kind === 'accepted') return 'accepted';
    if (judgement.kind === 'over') throw ending(judgement.code, judgement.note);
    if (claimed) {
      answer = judgement.note;
      record.note(`not accepted: ${answer}`);
    }
    record.nextStep(askOf(requested, answer));
    if (workflowInfo().continueAsNewSuggested) return 'history-grown';
    await inbox.somethingToLookAt(
      nextLookInMs(requested),
      `waits for ${expected.accepter.accountId} to accept`,
    );
  }
}

/** The next reminder, or a minute after the expiry, whichever comes first. */
function nextLookInMs({ settings, expected }: RequestedPeering): number {
  const now = Date.now();
  if (expected.expiresAt === null) return DAY_MS;
  const expiry = Date.parse(expected.expiresAt);
  const requestedAt = expiry - OPEN_FOR_MS;
  const looks = [
    ...settings.acceptance.reminders.map((reminder) => requestedAt + durationMs(reminder)),
    expiry + AFTER_EXPIRY_MS,
  ];
  const next = Math.min(...looks.filter((at) => at > now));
  return Number.isFinite(next) ? next - now : AFTER_EXPIRY_MS;
}

function askOf({ expected, request, settings }: RequestedPeering, seen?: string): NextStep {
  const { vpcPeeringConnectionId, accepter, expiresAt } = expected;
  const ask = `Accept ${vpcPeeringConnectionId} in ${accepter.region} with account ${accepter.accountId}`;
  const until = expiresAt === null ? '' : ` before ${expiresAt}`;
  const answer = seen === undefined ? '' : `; it was said to be accepted, but ${seen}`;
  const gateway =
    request.networkGovernance === 'transit-gateway' ? `. ${transitGatewayAdvice(settings)}` : '';
  return { who: 'customer', what: `${ask}${until}${answer}${gateway}` };
}
