import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classifyAwsError, FAILURES, isAlreadyAsWanted, quotaOf } from '../../domain/failures.js';

describe('the failure table', () => {
  it('has the codes of the interface', () => {
    expect(Object.keys(FAILURES)).toEqual(
      expect.arrayContaining([
        'InvalidRequest',
        'AlreadyConnected',
        'AddressSpaceExhausted',
        'PeeringDeclined',
        'PeeringExpired',
        'PeeringFailed',
        'AcceptanceMismatch',
      ]),
    );
  });

  it('tells in whole sentences what it is and what comes next', () => {
    for (const failure of Object.values(FAILURES)) {
      for (const text of [failure.summary, failure.operator, failure.customer ?? 'Nothing.']) {
        expect(text).toMatch(/^[A-Z][^\n]{6,}\.$/);
      }
    }
  });

  it('gives every failure an owner who fits its disposition, and tells the customer what is theirs', () => {
    for (const [code, { who, disposition, customer }] of Object.entries(FAILURES)) {
      expect([code, who]).not.toEqual([code, 'nobody']);
      expect([code, disposition === 'retry']).toEqual([code, who === 'causeway']);
      if (who === 'customer') expect([code, customer]).not.toEqual([code, null]);
    }
  });
});

describe('an AWS error', () => {
  it('is never an end, whatever its code and status', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.integer({ min: 100, max: 599 })), (code, httpStatus) => {
        const failure = classifyAwsError({ code, httpStatus: httpStatus ?? undefined });
        expect(['retry', 'park']).toContain(FAILURES[failure].disposition);
      }),
    );
  });

  it.each([
    ...['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'EC2ThrottledException'].map((code) => [
      code,
      'AwsThrottled',
    ]),
    ['ConcurrentTagAccess', 'AwsThrottled'],
    ...['InternalError', 'InternalFailure', 'ServiceUnavailable', 'Unavailable', 'ServerInternal'].map(
      (code) => [code, 'AwsUnavailable'],
    ),
    ...['TimeoutError', 'ECONNRESET', 'ECONNREFUSED', 'NetworkingError', ''].map((code) => [
      code,
      'AwsUnavailable',
    ]),
    ...[
      'InvalidVpcID.NotFound',
      'InvalidVpcPeeringConnectionID.NotFound',
      'InvalidVpcPeeringConnectionId.NotFound',
    ].map((code) => [code, 'NotYetConsistent']),
    ...['DependencyViolation', 'InvalidStateTransition', 'IncorrectState'].map((code) => [
      code,
      'NotYetConsistent',
    ]),
    ...['VpcLimitExceeded', 'OutstandingVpcPeeringConnectionLimitExceeded', 'RouteLimitExceeded'].map(
      (code) => [code, 'QuotaExceeded'],
    ),
    ...[
      'PendingVpcPeeringConnectionLimitExceeded',
      'ActiveVpcPeeringConnectionPerVpcLimitExceeded',
      'NetworkAclEntryLimitExceeded',
    ].map((code) => [code, 'QuotaExceeded']),
    ...['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'OptInRequired'].map((code) => [
      code,
      'PermissionMissing',
    ]),
    ...['RegionDisabledException', 'TagPolicyViolation'].map((code) => [code, 'PermissionMissing']),
    ...['ExpiredTokenException', 'RequestExpired', 'AuthFailure', 'CredentialsProviderError'].map((code) => [
      code,
      'CredentialsRefused',
    ]),
    ...['InvalidClientTokenId', 'SignatureDoesNotMatch', 'IncompleteSignature', 'InvalidIdentityToken'].map(
      (code) => [code, 'CredentialsRefused'],
    ),
    ...['MissingAuthenticationToken', 'IDPCommunicationError', 'AccountDisabled'].map((code) => [
      code,
      'CredentialsRefused',
    ]),
    ...[
      'InvalidParameterValue',
      'InvalidParameterCombination',
      'InvalidVpcID.Malformed',
      'OperationNotPermitted',
    ].map((code) => [code, 'AwsRefused']),
    ['IdempotentParameterMismatch', 'AwsRefused'],
    ...['RouteAlreadyExists', 'NetworkAclEntryAlreadyExists', 'VpcPeeringConnectionAlreadyExists'].map(
      (code) => [code, 'ConflictingResource'],
    ),
    ...['InvalidPermission.Duplicate', 'InvalidGroup.Duplicate', 'InvalidSubnet.Conflict'].map((code) => [
      code,
      'ConflictingResource',
    ]),
  ])('%s is %s', (code = '', failure) => {
    expect(classifyAwsError({ code })).toBe(failure);
  });

  it('with a known code is that, whatever the status', () => {
    expect(classifyAwsError({ code: 'RequestLimitExceeded', httpStatus: 503 })).toBe('AwsThrottled');
    expect(classifyAwsError({ code: 'InvalidVpcID.NotFound', httpStatus: 400 })).toBe('NotYetConsistent');
  });

  it('with an unknown code goes by its status', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), (httpStatus) => {
        const expected = httpStatus >= 500 ? 'AwsUnavailable' : 'AwsRefused';
        const byStatus: Record<number, string> = {
          401: 'CredentialsRefused',
          403: 'PermissionMissing',
          429: 'AwsThrottled',
        };
        expect(classifyAwsError({ code: 'SomethingNew', httpStatus })).toBe(byStatus[httpStatus] ?? expected);
      }),
    );
    expect(classifyAwsError({ code: 'SomethingNew' })).toBe('AwsUnavailable');
    expect(classifyAwsError({ code: 'SomethingNew', httpStatus: undefined })).toBe('AwsUnavailable');
  });

  it('may say that what was to be made exists', () => {
    for (const code of [
      'RouteAlreadyExists',
      'NetworkAclEntryAlreadyExists',
      'VpcPeeringConnectionAlreadyExists',
      'InvalidPermission.Duplicate',
      'InvalidGroup.Duplicate',
      'InvalidSubnet.Conflict',
    ]) {
      expect(isAlreadyAsWanted(code)).toBe(true);
    }
    for (const code of ['InvalidVpcID.NotFound', 'VpcLimitExceeded', '', 'toString']) {
      expect(isAlreadyAsWanted(code)).toBe(false);
    }
  });
});

describe('a quota', () => {
  it.each([
    ['VpcLimitExceeded', 'VPCs per Region'],
    ['OutstandingVpcPeeringConnectionLimitExceeded', 'outstanding VPC peering requests'],
    ['PendingVpcPeeringConnectionLimitExceeded', 'outstanding VPC peering requests'],
    ['ActiveVpcPeeringConnectionPerVpcLimitExceeded', 'active VPC peering connections per VPC'],
    ['RouteLimitExceeded', 'routes per route table'],
    ['NetworkAclEntryLimitExceeded', 'rules per network ACL'],
    ['RulesPerSecurityGroupLimitExceeded', 'rules per security group'],
    ['SomethingLimitExceeded', 'the quota behind SomethingLimitExceeded'],
  ])('of %s is called %s', (code, name) => {
    expect(quotaOf(code)).toBe(name);
    expect(classifyAwsError({ code })).toBe('QuotaExceeded');
  });
});
