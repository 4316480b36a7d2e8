import type { FailureCode } from '../domain/failures.js';

/** Why a call of the client did not do what it was asked; `message` says what to do next. */
export type ClientErrorCode = FailureCode | 'NotFound' | 'NotInState' | 'Unreachable' | 'NoWorker';

/** The one error of the client. In a file of its own, so that the command line can know it without loading Temporal. */
export class CausewayError extends Error {
  override readonly name = 'CausewayError';

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
