import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/common';
import type { FailureReport } from '../contract/status.js';
import { FAILURES, isFailureCode, type FailureCode } from '../domain/failures.js';

/** An end of the run by a code of the failure table; never a plain Error, which would fail the task for ever. */
export function ending(code: FailureCode, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}

/** What went wrong, as a code of the table and a message, out of whatever Temporal wrapped around it. */
export function causeOf(error: unknown): { code: FailureCode; message: string; waitsFor: string | null } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return causeOf(error.cause);
  if (error instanceof TimeoutFailure) {
    return { code: 'AwsUnavailable', message: `no answer in time: ${error.message}`, waitsFor: null };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApplicationFailure && isFailureCode(error.type)) {
    return { code: error.type, message, waitsFor: waitsForIn(error.details) };
  }
  return { code: 'InternalError', message, waitsFor: null };
}

export function reportOf(code: FailureCode, message: string): FailureReport {
  const { who, operator } = FAILURES[code];
  return { code, message, who, nextStep: operator };
}

/** Detail that activities attach: the quota or permission waited for. */
function waitsForIn(details: readonly unknown[] | null | undefined): string | null {
  const first: unknown = details?.[0];
  if (typeof first !== 'object' || first === null || !('waitsFor' in first)) return null;
  return typeof first.waitsFor === 'string' ? first.waitsFor : null;
}
