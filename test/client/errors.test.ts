import { describe, expect, it } from '@jest/globals';
import { QueryNotRegisteredError, ServiceError } from '@temporalio/client';
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
    [3, 'exceeded workflow execution limit for signal events', 'Unreachable'],
    [
      9,
      'The limit on the total number of distinct updates in this workflow has been reached (2000).',
      'Unreachable',
    ],
    [8, 'limit on number of concurrent in-flight updates has been reached (10)', 'Unreachable'],
    [9, 'Cannot query workflow due to Workflow Task in failed state.', 'NoWorker'],
    [10, 'workflow update was aborted', 'Unreachable'],
    [13, 'shard closed', 'Unreachable'],
    [2, 'unexpected', 'Unreachable'],
  ])('code %i, "%s", is %s', (code, details, expected) => {
    const error = serviceError(code, details);
    expect(clientError(error, 'connection org-42/vpc-1')).toMatchObject({ code: expected, cause: error });
  });

  it('of a query that the worker of the run cannot answer is that no worker answers', () => {
    const error: unknown = Reflect.construct(QueryNotRegisteredError, ['Nondeterminism error', 3]);
    expect(clientError(error, 'connection org-42/vpc-1')).toMatchObject({ code: 'NoWorker', cause: error });
  });

  it('is left as it is where it says something else', () => {
    const error = serviceError(3, 'unknown queryType');
    expect(clientError(error, 'connection org-42/vpc-1')).toBe(error);
  });
});
