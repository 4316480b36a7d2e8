import type { NextStep } from '../contract/status.js';
import { judgePeering, type Judgement } from '../domain/acceptance.js';
import { DAY_MS, durationMs, MINUTE_MS, SECOND_MS, timeLeftText } from '../domain/durations.js';
import type { FailureCode } from '../domain/failures.js';
import { isAccepted } from '../domain/lifecycle.js';
import { transitGatewayAdvice } from '../domain/plan.js';
import type { RunSettings } from '../domain/settings.js';
import type { Inbox } from './inbox.js';
import { Lasting, type Doubt } from './lasting.js';
import { peeringIn } from './network-access.js';
import { BrokenOff } from './parking.js';
import type { PeeringRecord } from './peering-record.js';
import type { RequestedPeering, Run } from './stages.js';

/** When AWS is asked after the request should have expired, and how often while AWS takes its time. */
const AFTER_EXPIRY_MS = MINUTE_MS;

/** A request is open for 7 days. */
const OPEN_FOR_MS = 7 * DAY_MS;

/** What the wait came to. `over`: this request will never be a connection. */
export type Outcome = { kind: 'accepted' } | Extract<Judgement, { kind: 'over' }>;

/** AWS is on its way to another answer, or has to go on showing this one. */
const SOON_MS = MINUTE_MS;

/** Before a request that was accepted comes to nothing, AWS must not only pass through what it shows. */
const MISMATCH_LASTS_MS = 15 * SECOND_MS;

/**
 * Waits until AWS shows that the customer accepted. It looks when a signal or the region's observer says so, at each
 * reminder and after the expiry; only what AWS shows moves it on, and what would end an accepted request, or is only not
 * shown, has to last.
 *
 * @throws BrokenOff when its history is long
 */
export async function awaitAcceptance(
  requested: RequestedPeering,
  { record, inbox, parking }: Run & { inbox: Inbox },
): Promise<Outcome> {
  const { expected, settings } = requested;
  const { vpcPeeringConnectionId, accepter } = expected;
  const reminders = new Reminders(requested, record);
  const lasting = new Lasting(record);
  const wasAccepted = record.stage === 'configuring';
  let answer: string | undefined;
  let withinMs = record.state === 'awaiting-acceptance' ? nextLookInMs(requested) : 0;
  for (;;) {
    if (withinMs > 0) {
      const summary = `waits for ${accepter.accountId} to accept`;
      const isDue = await inbox.somethingToLookAt(withinMs, { settings, summary });
      if (!isDue) throw new BrokenOff('history-long');
    }
    const { claimed } = inbox.startLooking();
    const observed = await parking.run((aws) => aws.describePeeringConnection(peeringIn(requested)));
    if (inbox.declined !== null && (observed.status === 'absent' || !isAccepted(observed.status))) {
      return { kind: 'over', code: 'PeeringDeclined', note: inbox.declined };
    }
    const judgement = judgePeering(expected, observed, { now: new Date().toISOString(), wasAccepted });
    if (judgement.kind === 'absent' || judgement.kind === 'mismatch') {
      const doubt = doubtOf(judgement, settings);
      const stillFor = lasting.stillFor(doubt);
      if (stillFor === 0) return { kind: 'over', code: doubt.code, note: doubt.note };
      withinMs = Math.min(stillFor, SOON_MS);
      continue;
    }
    lasting.over();
    if (judgement.kind === 'accepted') return { kind: 'accepted' };
    if (judgement.kind === 'over') return judgement;
    withinMs = judgement.soon ? SOON_MS : nextLookInMs(requested);
    // Whoever had begun to configure does not go back to waiting for an answer that AWS is late with.
    if (record.state !== 'awaiting-acceptance' && record.state !== 'configuring') {
      record.move('awaiting-acceptance', `${vpcPeeringConnectionId} waits for the customer`);
    }
    if (claimed) {
      answer = judgement.note;
      record.note(`not accepted: ${answer}`, { topic: 'answer' });
    }
    record.nextStep(
      judgement.soon
        ? { who: 'causeway', what: `Nothing to do: ${judgement.note}` }
        : askOf(requested, answer),
    );
    reminders.tellThoseDue();
  }
}

/** What the request ends by, once this has lasted so long. */
function doubtOf(
  judgement: Extract<Judgement, { kind: 'absent' | 'mismatch' }>,
  { maintenance }: RunSettings,
): Doubt & { code: FailureCode } {
  return judgement.kind === 'absent'
    ? { ...judgement, lastsMs: durationMs(maintenance.absentAfter) }
    : { code: 'AcceptanceMismatch', note: judgement.note, lastsMs: MISMATCH_LASTS_MS };
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
