import type { WorkflowHandle } from '@temporalio/client';
import type { AwsCall } from '../../contract/audit.js';
import { quoted } from '../../domain/quoting.js';
import type { HistoryKind, HistoryLine } from './history-line.js';
import { callOf, callsIn, firstOf, senderAndReason, textIn, UNREADABLE } from './payloads.js';

export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];
type Attributes<Name extends keyof HistoryEvent> = NonNullable<HistoryEvent[Name]>;
type Failure = NonNullable<Attributes<'activityTaskFailedEventAttributes'>['failure']>;

const MAX_MESSAGE = 500;

interface Happened {
  kind: HistoryKind;
  by?: string | null | undefined;
  what: string;
  calls?: AwsCall[];
}

/** An activity that has begun: which it is, and how often it was tried before. */
interface Begun {
  type: string;
  attempt: number;
  lastFailure: Failure | null;
}

/** Turns the events of one run, in their order, into lines. Timers, workflow tasks and markers are nobody's doing. */
export class RunReader {
  /** The run that this one goes on from. */
  continuedFrom: string | null = null;
  /** ISO 8601, UTC; null until its first event was read. */
  startedAt: string | null = null;
  readonly #activities = new Map<string, Begun>();
  readonly #updates = new Map<string, string>();

  constructor(private readonly run: { workflowId: string; runId: string }) {}

  lineOf(event: HistoryEvent): HistoryLine | null {
    this.startedAt ??= timeOf(event);
    const happened = this.#lifeOf(event) ?? this.#messageOf(event) ?? this.#activityOf(event);
    if (happened === null) return null;
    const { kind, by, what, calls = [] } = happened;
    return { at: timeOf(event), kind, by: by === '' ? null : (by ?? null), what, calls, ...this.run };
  }

  /** Start, continuation and end. */
  #lifeOf(event: HistoryEvent): Happened | null {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) return this.#startOf(started);
    if (event.workflowExecutionContinuedAsNewEventAttributes)
      return { kind: 'continued', what: 'continued as new: its history had grown' };
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed)
      return {
        kind: 'ended',
        what: `completed: ${textIn(firstOf(completed.result), 'state') ?? UNREADABLE}`,
      };
    const failed = event.workflowExecutionFailedEventAttributes;
    if (failed) return { kind: 'ended', what: `failed: ${failureText(failed.failure)}` };
    if (event.workflowExecutionCanceledEventAttributes) return { kind: 'ended', what: 'cancelled' };
    if (event.workflowExecutionTimedOutEventAttributes) return { kind: 'ended', what: 'timed out' };
    const terminated = event.workflowExecutionTerminatedEventAttributes;
    if (!terminated) return null;
    const why = terminated.reason ? `: ${quoted(terminated.reason)}` : '';
    return { kind: 'ended', by: terminated.identity, what: `terminated${why}; nothing was released` };
  }

  /** A continued run began where its predecessor says so. */
  #startOf(started: Attributes<'workflowExecutionStartedEventAttributes'>): Happened | null {
    this.continuedFrom =
      started.continuedExecutionRunId === '' ? null : (started.continuedExecutionRunId ?? null);
    if (this.continuedFrom !== null) return null;
    const type = started.workflowType?.name ?? UNREADABLE;
    const parent = started.parentWorkflowExecution?.workflowId;
    const what = `${type} started${parent ? ` by ${parent}` : ''}`;
    return { kind: 'started', by: started.identity, what };
  }

  /** What others say to the run. */
  #messageOf(event: HistoryEvent): Happened | null {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal)
      return {
        kind: 'signal',
        by: signal.identity,
        what: `signal ${nameText(signal.signalName)}${senderAndReason(signal.input)}`,
      };
    const cancel = event.workflowExecutionCancelRequestedEventAttributes;
    if (cancel)
      return {
        kind: 'cancel',
        by: cancel.identity,
        what: `cancelling was asked for${cancel.cause ? `: ${quoted(cancel.cause)}` : ''}`,
      };
    return this.#updateOf(event);
  }

  #updateOf(event: HistoryEvent): Happened | null {
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (accepted) {
      const { input, meta } = accepted.acceptedRequest ?? {};
      const name = nameText(input?.name);
      if (accepted.protocolInstanceId) this.#updates.set(accepted.protocolInstanceId, name);
      return { kind: 'update', by: meta?.identity, what: `${name} taken${senderAndReason(input?.args)}` };
    }
    const rejected = event.workflowExecutionUpdateRejectedEventAttributes;
    if (rejected) {
      const { input, meta } = rejected.rejectedRequest ?? {};
      const what = `${nameText(input?.name)} refused: ${failureText(rejected.failure)}`;
      return { kind: 'update', by: meta?.identity, what };
    }
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (!completed) return null;
    const name = this.#updates.get(completed.meta?.updateId ?? '') ?? 'update';
    const { failure } = completed.outcome ?? {};
    return { kind: 'update', what: failure ? `${name} failed: ${failureText(failure)}` : `${name} done` };
  }

  #activityOf(event: HistoryEvent): Happened | null {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const type = nameText(scheduled.activityType?.name);
      this.#activities.set(String(event.eventId), { type, attempt: 1, lastFailure: null });
      return null;
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started) {
      const begun = this.#activities.get(String(started.scheduledEventId));
      if (begun === undefined) return null;
      begun.attempt = started.attempt ?? 1;
      begun.lastFailure = started.lastFailure ?? null;
      return null;
    }
    return this.#activityEndOf(event);
  }

  #activityEndOf(event: HistoryEvent): Happened | null {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) {
      const { subject, earlier } = this.#endedActivity(completed.scheduledEventId);
      const calls = [...earlier, ...callsIn(completed.result)];
      return { kind: 'activity', by: completed.identity, what: `${subject} done`, calls };
    }
    const failed = event.activityTaskFailedEventAttributes;
    if (failed) {
      const { subject, earlier } = this.#endedActivity(failed.scheduledEventId);
      const what = `${subject} failed: ${failureText(failed.failure)}`;
      return {
        kind: 'failure',
        by: failed.identity,
        what,
        calls: [...earlier, ...refusedCall(failed.failure)],
      };
    }
    const timedOut = event.activityTaskTimedOutEventAttributes;
    if (timedOut) {
      const { subject, earlier } = this.#endedActivity(timedOut.scheduledEventId);
      const what = `${subject} gave no answer in time: ${failureText(timedOut.failure)}`;
      return { kind: 'failure', what, calls: earlier };
    }
    const cancelled = event.activityTaskCanceledEventAttributes;
    if (!cancelled) return null;
    const { subject, earlier } = this.#endedActivity(cancelled.scheduledEventId);
    return { kind: 'activity', by: cancelled.identity, what: `${subject} cancelled`, calls: earlier };
  }

  /** Of the attempts before the last, Temporal keeps their number and the last failure: that is what parking leaves. */
  #endedActivity(scheduledEventId: unknown): { subject: string; earlier: AwsCall[] } {
    const id = String(scheduledEventId);
    const begun = this.#activities.get(id);
    this.#activities.delete(id);
    if (begun === undefined) return { subject: UNREADABLE, earlier: [] };
    const { type, attempt, lastFailure } = begun;
    if (attempt <= 1) return { subject: type, earlier: [] };
    const before = lastFailure === null ? '' : `, before it ${failureText(lastFailure)}`;
    return { subject: `${type} (attempt ${attempt}${before})`, earlier: refusedCall(lastFailure) };
  }
}

/** `QuotaExceeded: ec2:CreateVpc in eu-west-1: …`; the innermost failure is the one that says what happened. */
function failureText(failure: Failure | null | undefined): string {
  if (!failure) return UNREADABLE;
  if (failure.cause) return failureText(failure.cause);
  const type = failure.applicationFailureInfo?.type;
  const message = (failure.message ?? '').slice(0, MAX_MESSAGE);
  return type ? `${type}: ${message}` : message === '' ? UNREADABLE : message;
}

function refusedCall(failure: Failure | null | undefined): AwsCall[] {
  return callOf(firstOf(failure?.applicationFailureInfo?.details));
}

/** Names of messages and activities, which callers may make up. */
function nameText(name: string | null | undefined): string {
  if (!name) return UNREADABLE;
  return /^[\w.-]{1,60}$/.test(name) ? name : quoted(name);
}

function timeOf({ eventTime }: HistoryEvent): string {
  const ms = Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1_000_000;
  return new Date(ms).toISOString();
}
