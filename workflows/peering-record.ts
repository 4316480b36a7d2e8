import type { CustomerNetwork, NextStep, PeeringStatus, ProviderNetwork } from '../contract/status.js';
import { writtenAccess } from '../domain/access/written-access.js';
import { customerStepsText, type CustomerSteps } from '../domain/customer-steps.js';
import { FAILURES, waitedFor, type FailureCode } from '../domain/failures.js';
import { assertTransition, isEndState, type EndState, type PeeringState } from '../domain/lifecycle.js';
import type { PeeringRequest } from '../domain/request.js';
import { joinedCidrs } from '../domain/request/avoided-cidrs.js';
import { reportOf } from './failure.js';
import { Herald } from './herald.js';
import { onceSoon } from './once-soon.js';
import { PublishedStatus } from './published-status.js';
import { withNote, type Noted } from './status-history.js';

const NOTHING_TO_DO: NextStep = { who: 'causeway', what: 'Nothing to do: Causeway is at work' };

/** Keeps the status of one connection, and shows it: in the query, the search attributes and the Temporal UI. */
export class PeeringRecord {
  readonly status: PeeringStatus;
  readonly #herald = new Herald({ webhook: false });
  /** False until the request is known to be valid: nothing a caller made up becomes searchable. */
  #searchable: boolean;
  readonly #published = new PublishedStatus();
  readonly #publishSoon = onceSoon(() => {
    this.#published.publish(this.status, { isValid: this.#searchable });
  });

  private constructor(status: PeeringStatus, searchable: boolean) {
    this.status = status;
    this.#searchable = searchable;
  }

  /**
   * For a request that nobody has looked at yet: only what can be shown safely is shown.
   *
   * @param startedAt as its history has it; the clock of the first task may be another one in replay, when a query came in between
   */
  static unchecked(
    identity: Pick<PeeringStatus, 'organizationId' | 'customerName' | 'customer'>,
    startedAt: Date,
  ): PeeringRecord {
    const since = startedAt.toISOString();
    return new PeeringRecord(
      {
        state: 'planning',
        since,
        ...identity,
        plan: null,
        provider: null,
        peeringConnectionId: null,
        expiresAt: null,
        round: 1,
        reminders: 0,
        nextStep: NOTHING_TO_DO,
        parked: null,
        facts: { customerSteps: null },
        history: [{ at: since, state: 'planning', note: 'request received' }],
        failure: null,
      },
      false,
    );
  }

  /** Goes on from a status of an earlier run, after continue-as-new or in `maintainPeering`. */
  static resumed(status: PeeringStatus): PeeringRecord {
    const record = new PeeringRecord({ ...status, history: [...status.history] }, true);
    record.#publishSoon();
    return record;
  }

  /** Until this is called, what people are told goes to the log only. */
  tellPeople(how: { webhook: boolean }): void {
    this.#herald.use(how);
  }

  /** Resolves once all that people are told is on its way; to await before the run ends or continues as new. */
  told(): Promise<void> {
    return this.#herald.told();
  }

  get state(): PeeringState {
    return this.status.state;
  }

  /** Where it stands, also while it is parked there. */
  get stage(): PeeringState {
    return this.status.parked?.from ?? this.status.state;
  }

  accept(request: PeeringRequest): void {
    this.status.organizationId = request.organizationId;
    this.status.customerName = request.customerName;
    this.status.customer = customerOf(request);
    this.#searchable = true;
    this.#publishSoon();
  }

  move(state: PeeringState, note: string, nextStep: NextStep = NOTHING_TO_DO): void {
    assertTransition(this.status.state, state);
    if (this.status.state !== state) this.status.since = now();
    this.status.state = state;
    this.status.nextStep = nextStep;
    this.note(note);
  }

  /** One line in the history, or one more of a line that is there. */
  note(note: string, how: Omit<Partial<Noted>, 'state' | 'note'> = {}): { isNew: boolean } {
    const { history, isNew } = withNote(this.status.history, {
      at: now(),
      state: this.status.state,
      note,
      ...how,
    });
    this.status.history = history;
    this.#publishSoon();
    return { isNew };
  }

  nextStep(nextStep: NextStep): void {
    this.status.nextStep = nextStep;
    this.#publishSoon();
  }

  /** What is left to the customer of an active connection. */
  customerSteps(customerSteps: CustomerSteps): void {
    this.status.facts = { customerSteps };
    this.nextStep({ who: 'customer', what: customerStepsText(customerSteps) });
  }

  plan(plan: NonNullable<PeeringStatus['plan']>, provider: ProviderNetwork): void {
    this.status.plan = plan;
    this.status.provider = provider;
    this.status.peeringConnectionId = null;
    this.status.expiresAt = null;
    this.#publishSoon();
  }

  /** Plans anew with another block, within the same round. */
  moveOn(why: string): void {
    this.move('planning', why);
    this.#herald.tell('moved', this.status, why);
  }

  nextRound(why: string): void {
    this.status.round += 1;
    this.note(why);
    this.#herald.tell('asked-again', this.status, why);
  }

  /** @param count how many of the request's reminders are told with this one */
  reminded(count: number, note: string): void {
    this.status.reminders = count;
    this.note(note);
    this.#herald.tell('reminder', this.status, note);
  }

  /** People are told again, out of turn. */
  remind(by: string): void {
    const note = `${by} reminds: ${this.status.nextStep.what}`;
    this.note(note, { topic: 'reminder' });
    this.#herald.tell('reminder', this.status, note);
  }

  /**
   * Revokes every link there is, those of earlier requests of this connection included: a generation is never used again.
   *
   * @returns the generation of the link that opens from now on
   */
  renewLink(by: string): number {
    const { linkGeneration = 0 } = this.status;
    const generation = Math.max(linkGeneration + 1, Date.now());
    this.status.linkGeneration = generation;
    this.note(`${by} made a new link for the customer; earlier ones are revoked`, { topic: 'link' });
    return generation;
  }

  /** What the customer's network uses, as it said when it declined: for the next request. */
  avoids(cidrs: readonly string[]): void {
    const { customer } = this.status;
    this.status.customer = { ...customer, avoidCidrs: joinedCidrs(cidrs, customer.avoidCidrs ?? []) };
    this.#publishSoon();
  }

  /** What differs in AWS from what was agreed; people are told once, however often it is seen. */
  drifted(note: string, at = now()): void {
    if (this.note(note, { at }).isNew) this.#herald.tell('drift', this.status, note);
  }

  /** The ranges and ports that are open now, and the network ACL that holds them. */
  changed(request: PeeringRequest, { networkAclId }: { networkAclId: string }): void {
    this.status.customer = customerOf(request);
    this.built({ networkAclId });
  }

  /** The connection is handed over to the workflow that keeps it. */
  keeping(): void {
    this.#herald.tell('active', this.status, 'the connection is up');
  }

  built(part: Partial<ProviderNetwork>): void {
    if (this.status.provider !== null) this.status.provider = { ...this.status.provider, ...part };
    this.#publishSoon();
  }

  requested(peeringConnectionId: string, expiresAt: string | null): void {
    this.status.peeringConnectionId = peeringConnectionId;
    this.status.expiresAt = expiresAt;
    this.status.reminders = 0;
    this.#publishSoon();
  }

  park(code: FailureCode, cause: { message: string; waitsFor: string | null }): void {
    const { who, operator } = FAILURES[code];
    const waitsFor = cause.waitsFor ?? waitedFor(code);
    const from = this.status.parked?.from ?? this.status.state;
    const since = this.status.parked?.since ?? now();
    const isNew = this.status.parked === null;
    this.status.parked = { from, for: waitsFor, who, since, message: cause.message };
    this.move('parked', cause.message, { who, what: `${waitsFor}: ${operator}` });
    if (isNew) this.#herald.tell('parked', this.status, `waits for ${waitsFor}: ${cause.message}`);
  }

  unpark(): void {
    const { parked } = this.status;
    if (parked === null) return;
    this.status.parked = null;
    this.move(parked.from, `${parked.for}: no longer in the way, going on`);
    const { customerSteps } = this.status.facts;
    if (parked.from === 'active' && customerSteps !== null) this.customerSteps(customerSteps);
  }

  /** Begins to take down what was built; a wait for something outside is over with it. */
  release(why: string): void {
    this.status.parked = null;
    this.move('releasing', why);
  }

  /** The last word on a run that did not become a connection, or on a connection that is over. */
  end(state: EndState, note: string, failure: { code: FailureCode; message: string } | null): void {
    this.status.parked = null;
    this.status.failure = failure === null ? null : reportOf(failure.code, failure.message);
    const nextStep: NextStep =
      this.status.failure === null
        ? { who: 'nobody', what: 'Nothing to do: everything is released' }
        : { who: this.status.failure.who, what: this.status.failure.nextStep };
    this.move(state, note, nextStep);
    if (this.isConnectionsEnd) this.#herald.tell('ended', this.status, note);
  }

  /** A request that was refused because the connection is up is no end of that connection. */
  get isConnectionsEnd(): boolean {
    const { state, failure } = this.status;
    return this.#searchable && isEndState(state) && failure?.code !== 'AlreadyConnected';
  }
}

/** The customer's side as the request states it. */
export function customerOf(request: PeeringRequest): CustomerNetwork {
  const { avoidCidrs = [] } = request;
  return {
    accountId: request.awsAccountId,
    region: request.region,
    vpcId: request.vpcId,
    subnetCidrs: request.subnetCidrs,
    ...(avoidCidrs.length === 0 ? {} : { avoidCidrs }),
    access: writtenAccess(request.access),
    dnsResolution: request.dnsResolution,
  };
}

/** The workflow's own clock, which replays. */
function now(): string {
  return new Date().toISOString();
}
