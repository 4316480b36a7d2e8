/** Answers of AWS that nobody has listed, drawn at random, at random calls of a story. */
import fc from 'fast-check';
import type { AimedAtCall } from './fault-calls.js';

/** A refusal, and how many calls are let through between the one before and it. */
export interface Answer {
  readonly after: number;
  readonly code: string;
  readonly status: number;
}

/** That AWS gives, of every kind that is treated differently. */
const REAL_CODES = [
  'RequestLimitExceeded',
  'ThrottlingException',
  'InternalError',
  'Unavailable',
  'RequestExpired',
  'ExpiredToken',
  'AuthFailure',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnauthorizedOperation',
  'AccessDenied',
  'OptInRequired',
  'TagPolicyViolation',
  'RegionDisabledException',
  'VpcLimitExceeded',
  'OutstandingVpcPeeringConnectionLimitExceeded',
  'InvalidVpcID.NotFound',
  'InvalidVpcPeeringConnectionID.NotFound',
  'InvalidSubnet.Conflict',
  'InvalidPermission.Duplicate',
  'RouteAlreadyExists',
  'VpcPeeringConnectionAlreadyExists',
  'DependencyViolation',
  'InvalidStateTransition',
  'IncorrectState',
  'OperationNotPermitted',
  'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
  'InvalidParameterValue',
  'InvalidVpcID.Malformed',
  'UnsupportedOperation',
];

const WORDS =
  'Invalid Vpc Peering State Zone Quota Request Operation Group Tag Range Not Found Exceeded Denied'.split(
    ' ',
  );
const name = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
  .map((words) => words.join(''));

/** As AWS might name what it has never named: `Foo`, or `Foo.BarBaz`. */
const likeAws = fc
  .tuple(name, fc.option(name))
  .map((parts) => parts.filter((part) => part !== null).join('.'));

export const answers = fc.array(
  fc.record<Answer>({
    after: fc.nat({ max: 8 }),
    code: fc.oneof(fc.constantFrom(...REAL_CODES), likeAws),
    status: fc.oneof(
      fc.constantFrom(400, 401, 403, 404, 409, 412, 429),
      fc.integer({ min: 400, max: 499 }),
      fc.integer({ min: 500, max: 599 }),
    ),
  }),
  { minLength: 5, maxLength: 20, size: 'max' },
);

/** Where they strike in a run. */
export function aimed(given: readonly Answer[]): AimedAtCall[] {
  return given.map(({ after, code, status }) => ({
    at: { after: after + 1 },
    fault: { kind: 'error', code, status },
  }));
}
