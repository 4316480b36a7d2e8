import type { ClientErrorCode } from '../../client/index.js';
import { FAILURES, isFailureCode } from '../../domain/failures.js';

/** What only an HTTP server can have to say. */
type HttpCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'CrossSite'
  | 'MethodNotAllowed'
  | 'RequestTimeout'
  | 'RequestConflict'
  | 'PayloadTooLarge'
  | 'UnsupportedMediaType'
  | 'IdempotencyKeyReused'
  | 'TooManyRequests'
  | 'HeadersTooLarge';

/** The member `code` of every problem; stable, as the codes of the failure table are. */
export type ProblemCode = ClientErrorCode | HttpCode;

export type ProblemStatus =
  400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 502 | 503;

/**
 * With which HTTP status a call is answered that failed for this reason. What a request ends with later, when its call was
 * answered long ago, stands in the status of the connection instead.
 */
export const PROBLEM_STATUS: Record<ProblemCode, ProblemStatus> = {
  InvalidRequest: 400,
  AlreadyConnected: 409,
  AddressSpaceExhausted: 409,
  PeeringDeclined: 409,
  PeeringExpired: 409,
  PeeringFailed: 409,
  PeeringDeleted: 409,
  PeeringDisconnected: 409,
  AcceptanceMismatch: 409,
  NotActive: 409,
  QuotaExceeded: 503,
  PermissionMissing: 503,
  CredentialsRefused: 503,
  WrongAccount: 503,
  NothingShown: 503,
  AwsThrottled: 503,
  AwsUnavailable: 503,
  NotYetConsistent: 503,
  NetworkInterfacesInUse: 409,
  AwsRefused: 502,
  ConflictingResource: 409,
  ReleaseIncomplete: 409,
  NotificationRefused: 502,
  ConfigurationInvalid: 503,
  InternalError: 500,
  NotFound: 404,
  NotInState: 409,
  Unreachable: 503,
  NoWorker: 503,
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  CrossSite: 403,
  MethodNotAllowed: 405,
  RequestTimeout: 408,
  RequestConflict: 409,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  IdempotencyKeyReused: 422,
  TooManyRequests: 429,
  HeadersTooLarge: 431,
};

type OwnCode = HttpCode | 'NotFound' | 'NotInState' | 'Unreachable' | 'NoWorker';

const TITLES: Record<OwnCode, string> = {
  NotFound: 'There is no such thing, or this key may not see it.',
  NotInState: 'The connection is not in a state in which this can be done.',
  Unreachable: 'Temporal cannot be reached, or takes no more at the moment.',
  NoWorker: 'No worker of Causeway answers.',
  BadRequest: 'The request cannot be understood.',
  Unauthorized: 'A valid API key is needed.',
  Forbidden: 'This key may not do that.',
  CrossSite: 'Another site made the browser send this.',
  MethodNotAllowed: 'This path does not take that method.',
  RequestTimeout: 'The request did not arrive in time.',
  RequestConflict: 'Another request for the same connection is under way.',
  PayloadTooLarge: 'The body is too large.',
  UnsupportedMediaType: 'The body is of a type that is not taken here.',
  IdempotencyKeyReused: 'The idempotency key was used with another body before.',
  TooManyRequests: 'Too many requests.',
  HeadersTooLarge: 'The headers are too large.',
};

/** What the problem is, the same for every occurrence. */
export function titleOf(code: ProblemCode): string {
  return isFailureCode(code) ? FAILURES[code].summary : TITLES[code];
}
