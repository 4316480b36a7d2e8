import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { clientError } from '../../client/errors.js';

/** As the gRPC library throws it, wrapped by Temporal's client. */
function serviceError(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: {} });
  return new ServiceError('Failed to query Workflow', { cause });
}

describe('an error of gRPC, said to whoever calls', () => {
  it.each([
    [1, 'Call cancelled', 'NoWorker'],
    [4, 'query timed out before a worker could process it', 'NoWorker'],
    [9, 'no poller seen for task queue recently', 'NoWorker'],
    [8, 'consistent query buffer is full', 'Unreachable'],
    [14, 'No connection established', 'Unreachable'],
    [7, 'Request unauthorized', 'Unreachable'],
    [16, 'Invalid API key', 'Unreachable'],
  ])('code %i, "%s", is %s', (code, details, expected) => {
    const error = serviceError(code, details);
    expect(clientError(error, 'connection org-42/vpc-1')).toMatchObject({ code: expected, cause: error });
  });

  it('is left as it is where it says something else', () => {
    const error = serviceError(3, 'unknown queryType');
    expect(clientError(error, 'connection org-42/vpc-1')).toBe(error);
  });
});
