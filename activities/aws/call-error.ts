import { classifyAwsError, isAlreadyAsWanted, type FailureCode } from '../../domain/failures.js';

const MAX_MESSAGE = 300;

/** A call to AWS that was refused, failed, or got no answer; `cause` is the SDK's own error. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  /** AWS's error code, or the network's (`ECONNRESET`, `TimeoutError`). */
  readonly awsCode: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly failureCode: FailureCode;
  readonly action: string;
  readonly region: string;
  /** ARN of what the call was about, where AWS's permissions name it. */
  readonly resource: string | undefined;

  constructor(call: { action: string; region: string; resource?: string }, cause: unknown) {
    const seen = readSdkError(cause);
    const about = call.resource === undefined ? '' : ` on ${call.resource}`;
    super(`${call.action}${about} in ${call.region}: ${seen.code}: ${seen.message.slice(0, MAX_MESSAGE)}`, {
      cause,
    });
    this.action = call.action;
    this.region = call.region;
    this.resource = call.resource;
    this.awsCode = seen.code;
    this.httpStatus = seen.httpStatus;
    this.requestId = seen.requestId;
    this.failureCode = classifyAwsError({ code: seen.code, httpStatus: seen.httpStatus });
  }

  /**
   * Whether AWS itself answered, by the id that it gives each request, that it does not carry the call out. Not where it was too busy or
   * timed out, nor where it says that what was wanted is there already; what stands between us and AWS answers without an id.
   */
  get isRefusal(): boolean {
    const { httpStatus = 0, requestId, failureCode } = this;
    const answered = requestId !== undefined && httpStatus >= 400 && httpStatus < 500;
    return answered && !UNSETTLED.includes(failureCode);
  }
}

/** Answers after which something may be there all the same. */
const UNSETTLED: readonly FailureCode[] = ['AwsThrottled', 'AwsUnavailable', 'ConflictingResource'];

/** The error of a failed call; one that an earlier call has failed with, such as that for the credentials, stays that. */
export function asCallError(
  call: { action: string; region: string; resource?: string },
  error: unknown,
): AwsCallError {
  return error instanceof AwsCallError ? error : new AwsCallError(call, error);
}

/** Whether AWS answered with this code; `*.NotFound` stands for every resource's own. */
export function isAwsCode(error: unknown, ...codes: readonly string[]): boolean {
  if (!(error instanceof AwsCallError)) return false;
  return codes.some((code) =>
    code.startsWith('*') ? error.awsCode.endsWith(code.slice(1)) : error.awsCode === code,
  );
}

/**
 * For creates that a natural key guards: an earlier call whose reply was lost has made it. Whether the existing one is as
 * wanted is told by the read that follows every write.
 */
export function ignoreAlreadyThere(error: unknown): void {
  if (!(error instanceof AwsCallError) || !isAlreadyAsWanted(error.awsCode)) throw error;
}

interface SdkError {
  code: string;
  message: string;
  httpStatus: number | undefined;
  requestId: string | undefined;
}

function readSdkError(cause: unknown): SdkError {
  if (!(cause instanceof Error)) {
    return { code: 'UnknownError', message: String(cause), httpStatus: undefined, requestId: undefined };
  }
  const metadata = objectAt(cause, '$metadata');
  const networkCode = textAt(cause, 'code');
  const code = textAt(cause, 'Code') ?? (cause.name === 'Error' ? networkCode : cause.name) ?? 'UnknownError';
  const status: unknown = metadata === undefined ? undefined : Reflect.get(metadata, 'httpStatusCode');
  return {
    code,
    message: cause.message,
    httpStatus: typeof status === 'number' ? status : undefined,
    requestId: metadata === undefined ? undefined : textAt(metadata, 'requestId'),
  };
}

function textAt(holder: object, key: string): string | undefined {
  const value: unknown = Reflect.get(holder, key);
  return typeof value === 'string' ? value : undefined;
}

function objectAt(holder: object, key: string): object | undefined {
  const value: unknown = Reflect.get(holder, key);
  return typeof value === 'object' && value !== null ? value : undefined;
}
