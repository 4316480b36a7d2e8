import type { FailureCode } from './failure-codes.js';

/**
 * How AWS's error codes are treated; the first pattern that matches wins, so the throttles stand before the quotas
 * (`RequestLimitExceeded`). Names without a dot or capital are the network's, as Node and the SDK give them.
 * Source: EC2 API Reference, "Error codes for the Amazon EC2 API".
 */
const AWS_CODES: readonly { readonly pattern: RegExp; readonly code: FailureCode }[] = [
  {
    pattern:
      /^(RequestLimitExceeded|Throttl.*|EC2ThrottledException|RequestThrottled.*|TooManyRequests.*|SlowDown)$/,
    code: 'AwsThrottled',
  },
  { pattern: /^ConcurrentTagAccess$/, code: 'AwsThrottled' },
  {
    pattern:
      /^(InternalError|InternalFailure|ServiceUnavailable|Unavailable|ServerInternal|RequestTimeout.*)$/,
    code: 'AwsUnavailable',
  },
  {
    pattern: /\.NotFound$|^(DependencyViolation|InvalidStateTransition|IncorrectState)$/,
    code: 'NotYetConsistent',
  },
  { pattern: /(AlreadyExists|\.Duplicate|\.Conflict)$/, code: 'ConflictingResource' },
  { pattern: /LimitExceeded$/, code: 'QuotaExceeded' },
  {
    pattern:
      /^(UnauthorizedOperation|AccessDenied(Exception)?|OptInRequired|PendingVerification|Blocked|RegionDisabledException|TagPolic(y|ies).*)$/,
    code: 'PermissionMissing',
  },
  {
    pattern:
      /^(RequestExpired|ExpiredToken.*|AuthFailure|InvalidClientTokenId|UnrecognizedClientException|CredentialsProviderError)$/,
    code: 'CredentialsRefused',
  },
  {
    pattern:
      /^(SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken.*|InvalidIdentityToken|IDP(CommunicationError|RejectedClaim)|AccountDisabled)$/,
    code: 'CredentialsRefused',
  },
  {
    pattern:
      /^(InvalidParameter.*|MissingParameter|.*\.Malformed|OperationNotPermitted|IdempotentParameterMismatch)$/,
    code: 'AwsRefused',
  },
];

/** What an HTTP status stands for, whatever the code. Source: EC2 API Reference, "Common causes of client errors". */
const HTTP_STATUSES: Partial<Record<number, FailureCode>> = {
  401: 'CredentialsRefused',
  403: 'PermissionMissing',
  429: 'AwsThrottled',
};

/**
 * The failure that an AWS error code, or a network error's, stands for. A 5xx is temporary whatever the code; an unknown
 * code is AWS's refusal with another 4xx, and AWS being unavailable without any status. None of them ends a connection:
 * what is not tried again at once is waited for.
 * `DependencyViolation` is `NotYetConsistent`, for what stands in the way usually vanishes; an activity that sees what it
 * is names it instead.
 */
export function classifyAwsError(error: { code: string; httpStatus?: number | undefined }): FailureCode {
  const { code, httpStatus = 0 } = error;
  const known = AWS_CODES.find(({ pattern }) => pattern.test(code))?.code ?? HTTP_STATUSES[httpStatus];
  if (known !== undefined) return known;
  return httpStatus >= 400 && httpStatus < 500 ? 'AwsRefused' : 'AwsUnavailable';
}

const ALREADY_THERE = [
  'RouteAlreadyExists',
  'NetworkAclEntryAlreadyExists',
  'VpcPeeringConnectionAlreadyExists',
  'InvalidPermission.Duplicate',
  'InvalidGroup.Duplicate',
  'InvalidSubnet.Conflict',
];

/**
 * Whether the code says that what was to be made exists. That is success only once the existing one is read and
 * seen to be what was wanted; otherwise it is a `ConflictingResource`.
 */
export function isAlreadyAsWanted(code: string): boolean {
  return ALREADY_THERE.includes(code);
}

/** Names as in the Service Quotas console, by the way the codes of their errors look. */
const QUOTAS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /^VpcLimitExceeded$/, name: 'VPCs per Region' },
  { pattern: /^(Outstanding|Pending).*Peering.*LimitExceeded$/i, name: 'outstanding VPC peering requests' },
  { pattern: /Peering.*LimitExceeded$/i, name: 'active VPC peering connections per VPC' },
  { pattern: /^RouteLimitExceeded$/, name: 'routes per route table' },
  { pattern: /^RouteTableLimitExceeded$/, name: 'route tables per VPC' },
  { pattern: /^NetworkAclEntryLimitExceeded$/, name: 'rules per network ACL' },
  { pattern: /^NetworkAclLimitExceeded$/, name: 'network ACLs per VPC' },
  { pattern: /^RulesPerSecurityGroupLimitExceeded$/, name: 'rules per security group' },
  { pattern: /^SecurityGroupLimitExceeded$/, name: 'security groups per Region' },
  { pattern: /^SubnetLimitExceeded$/, name: 'subnets per VPC' },
  { pattern: /^TagLimitExceeded$/, name: 'tags per resource' },
];

/** The quota an AWS error code speaks of, as people know it; the code itself where it is not known. */
export function quotaOf(awsCode: string): string {
  return QUOTAS.find(({ pattern }) => pattern.test(awsCode))?.name ?? `the quota behind ${awsCode}`;
}
