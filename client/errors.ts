import { isGrpcServiceError, QueryNotRegisteredError, ServiceError } from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common';
import { FAILURES, isFailureCode } from '../domain/failures.js';
import { CausewayError } from './causeway-error.js';

/** A failure that a workflow ended with, or that its update was refused with. */
export function workflowError(cause: unknown): CausewayError | null {
  if (!(cause instanceof ApplicationFailure) || !isFailureCode(cause.type)) return null;
  return new CausewayError(cause.type, `${cause.message}. ${FAILURES[cause.type].operator}`, { cause });
}

/** Temporal is there, and nobody does the work. */
export function noWorker(subject: string, cause: unknown): CausewayError {
  const message = `no worker answers for ${subject}; start one with \`npm run worker\``;
  return new CausewayError('NoWorker', message, { cause });
}

function stuck(subject: string, cause: unknown): CausewayError {
  const next = 'its last workflow task in the Temporal UI says why';
  return new CausewayError('NoWorker', `no worker can carry ${subject} on; ${next}`, { cause });
}

/** Status codes of gRPC. A call over its deadline is sometimes `CANCELLED` by the server, before this side has noticed. */
const CANCELLED = 1;
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const INTERNAL = 13;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;
const DEADLINE_EXCEEDED = 4;

/** A run takes so many signals and updates, and says so in these words. Source: `service/history/consts` of Temporal's server. */
const FULL = /exceeded workflow execution limit|limit on .*updates/i;

/** An error of Temporal's client, in words that say what to do. */
export function clientError(error: unknown, subject: string): unknown {
  if (error instanceof CausewayError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new CausewayError('NotFound', `${subject} is not known; \`causeway list\` shows what is`, {
      cause: error,
    });
  }
  if (error instanceof NamespaceNotFoundError) {
    return new CausewayError('Unreachable', `${error.message}; set TEMPORAL_NAMESPACE`, { cause: error });
  }
  // The query itself is there: whoever was asked cannot read the run's history.
  if (error instanceof QueryNotRegisteredError) return stuck(subject, error);
  const grpc = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(grpc)) return error;
  const code: number = grpc.code;
  if (code === DEADLINE_EXCEEDED || code === CANCELLED || /no poller/i.test(grpc.details)) {
    return noWorker(subject, error);
  }
  if (code === UNAVAILABLE) {
    return new CausewayError('Unreachable', 'cannot reach Temporal; start it, or set TEMPORAL_ADDRESS', {
      cause: error,
    });
  }
  if (code === RESOURCE_EXHAUSTED) {
    return new CausewayError('Unreachable', 'Temporal has too much to do; try again in a moment', {
      cause: error,
    });
  }
  if ((code === INVALID_ARGUMENT || code === FAILED_PRECONDITION) && FULL.test(grpc.details)) {
    return new CausewayError('Unreachable', `${subject} takes no more at the moment; try again later`, {
      cause: error,
    });
  }
  if (code === FAILED_PRECONDITION) return stuck(subject, error);
  if (code === UNKNOWN || code === ABORTED || code === INTERNAL) {
    return new CausewayError('Unreachable', 'Temporal failed to do it; try again in a moment', {
      cause: error,
    });
  }
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
    const next = 'set TEMPORAL_API_KEY or the TLS certificate that it asks for';
    return new CausewayError('Unreachable', `Temporal refuses the credentials; ${next}`, { cause: error });
  }
  return error;
}
