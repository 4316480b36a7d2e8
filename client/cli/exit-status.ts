import { CausewayError, type ClientErrorCode } from '../causeway-error.js';

/** What the process ends with; scripts rely on it. */
export const EXIT = {
  done: 0,
  badInput: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  /** 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** The command line's own refusal; `message` is one line that says what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitStatus: ExitStatus,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Arguments or files that cannot be used as they are. */
export function badInput(message: string, cause?: unknown): CliError {
  return new CliError(EXIT.badInput, message, { cause });
}

export function exitStatusOf(error: unknown): ExitStatus {
  if (error instanceof CliError) return error.exitStatus;
  return error instanceof CausewayError ? statusOfCode(error.code) : EXIT.refused;
}

function statusOfCode(code: ClientErrorCode): ExitStatus {
  switch (code) {
    case 'InvalidRequest':
      return EXIT.badInput;
    case 'NotFound':
    case 'NotInState':
      return EXIT.notFound;
    case 'Unreachable':
    case 'NoWorker':
    case 'AwsUnavailable':
      return EXIT.unreachable;
    case 'AlreadyConnected':
    case 'AddressSpaceExhausted':
    case 'PeeringDeclined':
    case 'PeeringExpired':
    case 'PeeringFailed':
    case 'PeeringDeleted':
    case 'PeeringDisconnected':
    case 'AcceptanceMismatch':
    case 'NotActive':
    case 'QuotaExceeded':
    case 'PermissionMissing':
    case 'CredentialsRefused':
    case 'WrongAccount':
    case 'NothingShown':
    case 'AwsThrottled':
    case 'NotYetConsistent':
    case 'NetworkInterfacesInUse':
    case 'AwsRefused':
    case 'ConflictingResource':
    case 'ReleaseIncomplete':
    case 'NotificationRefused':
    case 'ConfigurationInvalid':
    case 'InternalError':
      return EXIT.refused;
  }
}

/** One line on what went wrong. An error nobody foresaw is a defect, and says so. */
export function errorLine(error: unknown): string {
  if (error instanceof CliError || error instanceof CausewayError) return error.message;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `unexpected: ${message}; \`causeway doctor\` checks what Causeway needs`;
}
