import { CausewayError } from '../../client/index.js';
import { FAILURES, isFailureCode } from '../../domain/failures.js';
import type { FieldProblem } from '../../domain/request.js';
import { PROBLEM_STATUS, titleOf, type ProblemCode } from './catalogue.js';

/** The body of every answer that is an error. Source: RFC 9457. */
export interface Problem {
  /** `urn:causeway:problem:` and the code. */
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  /** What happened this time, and what to do. */
  detail: string;
  requestId: string;
  /** Every wrong field of the request. */
  errors?: FieldProblem[] | undefined;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Thrown by whatever answers a request, to answer with a problem instead. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly more: { errors?: FieldProblem[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
  }
}

export function problemOf(error: ProblemError, requestId: string): Problem {
  const { code, message, more } = error;
  return {
    type: `urn:causeway:problem:${code}`,
    title: titleOf(code),
    status: PROBLEM_STATUS[code],
    code,
    detail: message,
    requestId,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  };
}

/** For whoever calls again by itself, in seconds. */
const RETRY_AFTER = '5';

/** The client's errors advise people at a terminal; only what came from the worker is for callers of this API too. */
export function problemOfClient(error: CausewayError): ProblemError {
  const { code } = error;
  const headers = PROBLEM_STATUS[code] === 503 ? { 'Retry-After': RETRY_AFTER } : {};
  return new ProblemError(code, detailOf(error), { headers, cause: error });
}

function detailOf({ code, message, cause }: CausewayError): string {
  if (isFailureCode(code)) return cause === undefined ? FAILURES[code].operator : message;
  switch (code) {
    case 'NotFound':
      return 'GET /v1/peerings lists the connections that this key may see';
    case 'NotInState':
      return 'GET the connection to see its state';
    case 'Unreachable':
    case 'NoWorker':
      return 'try again in a moment; what was requested before goes on by itself';
  }
}
