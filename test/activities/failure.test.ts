import { describe, expect, it } from '@jest/globals';
import { ApplicationFailureCategory } from '@temporalio/common';
import { AwsCallError } from '../../activities/aws/call-error.js';
import { failure, failureOfAwsCall } from '../../activities/failure.js';
import { FAILURE_CODES, FAILURES } from '../../domain/failures.js';

const CALL = { action: 'ec2:CreateVpc', region: 'eu-west-1' };

/** As the SDK throws it. */
function sdkError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error(`${name} it said`), {
    name,
    $metadata: { ...(httpStatusCode === undefined ? {} : { httpStatusCode }), requestId: 'request-1' },
  });
}

describe('failure', () => {
  it.each(FAILURE_CODES)('%s is repeated by Temporal unless the table gives up', (code) => {
    expect(failure(code, 'why')).toMatchObject({
      type: code,
      message: 'why',
      nonRetryable: FAILURES[code].disposition === 'give-up',
    });
  });

  it('counts waiting for AWS to show something as no error', () => {
    expect(failure('NotYetConsistent', 'why').category).toBe(ApplicationFailureCategory.BENIGN);
    expect(failure('AwsUnavailable', 'why').category).not.toBe(ApplicationFailureCategory.BENIGN);
  });
});

describe('failureOfAwsCall', () => {
  it.each([
    {
      code: 'VpcLimitExceeded',
      status: 400,
      type: 'QuotaExceeded',
      waiting: { waitsFor: 'VPCs per Region' },
    },
    {
      code: 'UnauthorizedOperation',
      status: 403,
      type: 'PermissionMissing',
      waiting: { waitsFor: 'permission for ec2:CreateVpc in eu-west-1' },
    },
    {
      code: 'CredentialsProviderError',
      status: undefined,
      type: 'CredentialsRefused',
      waiting: { waitsFor: 'credentials that AWS takes for ec2:CreateVpc in eu-west-1' },
    },
    { code: 'RequestLimitExceeded', status: 503, type: 'AwsThrottled', waiting: {} },
    { code: 'SomethingNew', status: 500, type: 'AwsUnavailable', waiting: {} },
    {
      code: 'SomethingNew',
      status: 400,
      type: 'AwsRefused',
      waiting: { waitsFor: 'another answer to ec2:CreateVpc in eu-west-1 than SomethingNew' },
    },
  ])('makes $type of $code with HTTP status $status', ({ code, status, type, waiting }) => {
    const error = failureOfAwsCall(new AwsCallError(CALL, sdkError(code, status)));
    expect(error.type).toBe(type);
    expect(error.details).toEqual([{ ...CALL, awsCode: code, requestId: 'request-1', ...waiting }]);
    expect(error.message).toBe(`ec2:CreateVpc in eu-west-1: ${code}: ${code} it said`);
  });
});
