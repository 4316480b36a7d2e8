import type { NextStep } from '../contract/status.js';
import { judgePeering, type Judgement } from '../domain/acceptance.js';
import { DAY_MS, durationMs, MINUTE_MS, timeLeftText } from '../domain/durations.js';
import { isAccepted } from '../domain/lifecycle.js';
import { transitGatewayAdvice } from '../domain/plan.js';
import type { Inbox } from './inbox.js';
import { BrokenOff } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering, Run } from './stages.js';

/** When AWS is asked after the request should have expired, and how often while AWS takes its time. */
const AFTER_EXPIRY_MS = MINUTE_MS;

/** A request is open for 7 days. */
const OPEN_FOR_MS = 7 * DAY_MS;

/** What the wait came to. `over`: this request will never be a connection. */
export type Outcome = { kind: 'accepted' } | Extract<Judgement, { kind: 'over' }>;

/**
 * Waits until AWS shows that the customer accepted. It looks when a signal or the region's observer says so, at each
 * reminder and after the expiry; only what AWS shows moves it on.
 *
 * @throws BrokenOff when its history is long
 */
export async function awaitAcceptance(
  requested: RequestedPeering,
  { record, inbox, parking }: Run & { inbox: Inbox },
): Promise<Outcome> {
  const { providerRegion: region, expected, settings } = requested;
  const { vpcPeeringConnectionId, accepter } = expected;
  const reminders = new Reminders(requested, record);
  let answer: string | undefined;
  for (let isWaiting = record.state === 'awaiting-acceptance'; ; isWaiting = true) {
    if (isWaiting) {
      const summary = `waits for ${accepter.accountId} to accept`;
      const isDue = await inbox.somethingToLookAt(nextLookInMs(requested), { settings, summary });
      if (!isDue) throw new BrokenOff('history-long');
    }
    const { claimed } = inbox.startLooking();
    const observed = await parking.run((aws) =>
      aws.describePeeringConnection({ region, vpcPeeringConnectionId }),
    );
    if (inbox.declined !== null && (observed.status === 'absent' || !isAccepted(observed.status))) {
      return { kind: 'over', code: 'PeeringDeclined', note: inbox.declined };
    }
    const judgement = judgePeering(expected, observed, new Date().toISOString());
    switch (judgement.kind) {
      case 'accepted':
        return { kind: 'accepted' };
      case 'over':
        return judgement;
      case 'waiting':
        break;
    }
    // Whoever had begun to configure does not go back to waiting for an answer that AWS is late with.
    if (record.state !== 'awaiting-acceptance' && record.state !== 'configuring') {
      record.move('awaiting-acceptance', `${vpcPeeringConnectionId} waits for the customer`);
    }
    if (claimed) {
      answer = judgement.note;
      record.note(`not accepted: ${answer}`, { topic: 'answer' });
    }
    record.nextStep(askOf(requested, answer));
    reminders.tellThoseDue();
  }
}

function requestedAt(expiresAt: string): number {
  return Date.parse(expiresAt) - OPEN_FOR_MS;
}

/** When people are reminded, in ms since the epoch, ascending. */
function reminderTimes({ settings, expected }: RequestedPeering): number[] {
  const { expiresAt } = expected;
  if (expiresAt === null) return [];
  return settings.acceptance.reminders
    .map((reminder) => requestedAt(expiresAt) + durationMs(reminder))
    .sort((a, b) => a - b);
}

/** The reminders of one request; the status holds how many were told, also over continue-as-new. */
class Reminders {
  readonly #times: number[];

  constructor(
    private readonly requested: RequestedPeering,
    private readonly record: PeeringRecord,
  ) {
    this.#times = reminderTimes(requested);
  }

  /** After a long outage several are due at once: people get one, the last. */
  tellThoseDue(): void {
    const due = this.#times.filter((at) => at <= Date.now()).length;
    if (due <= this.record.status.reminders) return;
    const { vpcPeeringConnectionId, expiresAt } = this.requested.expected;
    const left = expiresAt === null ? 'some time' : timeLeftText(Date.parse(expiresAt), Date.now());
    this.record.reminded(
      due,
      `reminder ${due.toString()} of ${this.#times.length.toString()}: ${vpcPeeringConnectionId} still waits, ${left} left`,
    );
  }
}

/** The next reminder, or a minute after the expiry, whichever comes first. */
function nextLookInMs(requested: RequestedPeering): number {
  const { expiresAt } = requested.expected;
  if (expiresAt === null) return DAY_MS;
  const now = Date.now();
  const looks = [...reminderTimes(requested), Date.parse(expiresAt) + AFTER_EXPIRY_MS];
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
