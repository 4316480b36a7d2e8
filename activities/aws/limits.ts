import type { EC2ClientConfig } from '@aws-sdk/client-ec2';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** Six reads at once of each of the hundred activities that a worker runs at once: a call that waits for a socket times out. */
const MOST_SOCKETS = 600;

/** What no call to AWS may exceed, whichever client makes it. */
export type CallLimits = NonNullable<EC2ClientConfig['requestHandler']>;

/** @param requestTimeoutMs how long a call may take; by default what real AWS never takes */
export function callLimits(requestTimeoutMs = REQUEST_TIMEOUT_MS): CallLimits {
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    // Otherwise the SDK only says in the log that a call hangs.
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: MOST_SOCKETS },
    httpsAgent: { maxSockets: MOST_SOCKETS },
  };
}
