import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { FAILURES, quotaOf, type FailureCode } from '../domain/failures.js';
import type { AwsCallError } from './aws/call-error.js';

/** What a failed activity tells the workflow besides code and message; kept in the history. */
export interface FailureDetails {
  /** The quota or permission a parked run waits for. */
  waitsFor?: string;
  action?: string;
  awsCode?: string;
  region?: string;
  requestId?: string;
}

/**
 * A failure by its code. What can only be given up is not retried; whether a cause outside (quota, permission) is waited
 * for belongs to the caller's retry policy, because a parked run repeats what a running one must hear of.
 */
export function failure(
  code: FailureCode,
  message: string,
  details: FailureDetails = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: FAILURES[code].disposition === 'give-up',
    details: [details],
    ...(code === 'NotYetConsistent' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** Something stands where ours should, and is not as wanted. */
export function conflictingResource(message: string): ApplicationFailure {
  return failure('ConflictingResource', message);
}

export function failureOfAwsCall(error: AwsCallError): ApplicationFailure {
  const { action, awsCode, region, requestId } = error;
  const waitsFor = waitsForOf(error);
  const details: FailureDetails = {
    action,
    awsCode,
    region,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  return failure(error.failureCode, error.message, details);
}

/** What a run waits for that meets this answer; where AWS is only slow or busy, the table says it. */
function waitsForOf({ action, region, resource, awsCode, failureCode }: AwsCallError): string | undefined {
  const about = `${action} ${resource === undefined ? `in ${region}` : `on ${resource}`}`;
  const another = `another answer to ${about} than ${awsCode}`;
  const texts: Partial<Record<FailureCode, string>> = {
    QuotaExceeded: quotaOf(awsCode),
    PermissionMissing: `permission for ${about}`,
    CredentialsRefused: `credentials that AWS takes for ${about}`,
    AwsRefused: another,
    ConflictingResource: another,
    NotYetConsistent: another,
  };
  return texts[failureCode];
}
