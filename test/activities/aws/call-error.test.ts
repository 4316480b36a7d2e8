import { describe, expect, it } from '@jest/globals';
import { AwsCallError, isAwsCode } from '../../../activities/aws/call-error.js';

const CALL = { action: 'ec2:CreateVpc', region: 'eu-west-1' };

/** As the SDK throws it. */
function sdkError(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } });
}

describe('AwsCallError', () => {
  it('takes the code of a cut connection from the network error, and keeps the cause', () => {
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const error = new AwsCallError(CALL, cause);
    expect(error).toMatchObject({ awsCode: 'ECONNRESET', failureCode: 'AwsUnavailable', cause });
  });

  it('shortens what AWS says', () => {
    const cause = Object.assign(new Error('x'.repeat(10_000)), { name: 'InvalidParameterValue' });
    expect(new AwsCallError(CALL, cause).message.length).toBeLessThan(500);
  });

  it('stands for anything that was thrown', () => {
    expect(new AwsCallError(CALL, 'just a text')).toMatchObject({
      awsCode: 'UnknownError',
      failureCode: 'AwsUnavailable',
    });
  });

  it('is recognised by its code, or by the end of it', () => {
    const error = new AwsCallError(CALL, sdkError('InvalidVpcID.NotFound', 400));
    expect(isAwsCode(error, 'InvalidVpcID.NotFound')).toBe(true);
    expect(isAwsCode(error, 'DependencyViolation', '*.NotFound')).toBe(true);
    expect(isAwsCode(error, 'DependencyViolation', '*.Malformed')).toBe(false);
    expect(isAwsCode(sdkError('InvalidVpcID.NotFound', 400), 'InvalidVpcID.NotFound')).toBe(false);
  });
});
