import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { NetworkActivities } from '../activities/index.js';
import type { AddressPoolActivities } from '../activities/address-pool.js';
import type { ConnectionActivities } from '../activities/connection.js';
import type { EndedPeeringActivities } from '../activities/ended-peering.js';
import type { SettingsActivities } from '../activities/settings.js';
import { FAILURES, FAILURE_CODES, type FailureCode } from '../domain/failures.js';

/**
 * An activity under way is always awaited, also by a cancelled run: what it still creates must be there before the release
 * looks for it.
 */
const AWAITED = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Tells within seconds that a worker died; activities heartbeat from a timer. */
const HEARTBEAT_TIMEOUT = '5 seconds';

/** Long enough for every wait inside an activity (15 s each for a few reads), short enough to notice a hanging one. */
const ATTEMPT_TIMEOUT = '3 minutes';

/** After some two minutes of trying, a run says what it waits for instead of trying in silence. */
const ATTEMPTS_BEFORE_PARKING = 10;

/** What repeating at once would not mend: it waits for someone, or is the end. */
export const WITHOUT_RETRY = FAILURE_CODES.filter((code) => FAILURES[code].disposition !== 'retry');

/** The activities of a run on AWS, each with the line that the Temporal UI shows beside it. */
export type AwsActivities = Omit<NetworkActivities, 'observeRegion'>;

function awsActivities(options: ActivityOptions): AwsActivities {
  const proxied = (summary: string): AwsActivities => proxyActivities<AwsActivities>({ ...options, summary });
  return {
    ensureVpc: proxied("the provider's VPC").ensureVpc,
    ensureNetworkAclEntries: proxied('lock the network ACL down').ensureNetworkAclEntries,
    ensureSubnets: proxied('subnets in two availability zones').ensureSubnets,
    ensureSecurityGroups: proxied('agreed egress only').ensureSecurityGroups,
    ensurePeeringConnection: proxied('ask for the peering').ensurePeeringConnection,
    describePeeringConnection: proxied('what AWS shows of the peering').describePeeringConnection,
    ensureRoutes: proxied('routes to the agreed ranges').ensureRoutes,
    ensureDnsResolution: proxied("the provider's DNS option").ensureDnsResolution,
    ensureSpareNetworkAcl: proxied('a second network ACL').ensureSpareNetworkAcl,
    associateNetworkAcl: proxied('subnets under the right network ACL').associateNetworkAcl,
    retireNetworkAcl: proxied('the network ACL no longer in use').retireNetworkAcl,
    findDrift: proxied('what differs from what was agreed').findDrift,
    ensureTagsAndDns: proxied('tags and DNS hostnames put back').ensureTagsAndDns,
    releaseNetwork: proxied('remove all that carries the tags of the run').releaseNetwork,
  };
}

/** Calls to AWS: passing troubles are retried; a quota or a missing permission is reported at once. */
export const aws = awsActivities({
  startToCloseTimeout: ATTEMPT_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: AWAITED,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.7,
    maximumInterval: '30 seconds',
    maximumAttempts: ATTEMPTS_BEFORE_PARKING,
    nonRetryableErrorTypes: WITHOUT_RETRY,
  },
});

/**
 * Calls to AWS by a parked run: Temporal repeats the one failure it is parked for, without end and without a line of
 * history, until the cause has gone; any other failure is reported.
 */
export function awsWhileParked(cause: FailureCode, every: string): AwsActivities {
  const waitedFor = (code: FailureCode): boolean =>
    code === cause || (FAILURES[cause].disposition === 'retry' && FAILURES[code].disposition === 'retry');
  return awsActivities({
    startToCloseTimeout: ATTEMPT_TIMEOUT,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    cancellationType: AWAITED,
    retry: {
      initialInterval: every,
      backoffCoefficient: 1,
      nonRetryableErrorTypes: FAILURE_CODES.filter((code) => !waitedFor(code)),
    },
  });
}

/** Questions to other workflows: Temporal is there, or nothing of this runs. */
const PATIENT: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  cancellationType: AWAITED,
  retry: { initialInterval: '500 milliseconds', maximumInterval: '15 seconds' },
};
const pool = (summary: string): AddressPoolActivities =>
  proxyActivities<AddressPoolActivities>({ ...PATIENT, summary });

export const temporal: AddressPoolActivities & ConnectionActivities & EndedPeeringActivities = {
  isConnected: proxyActivities<ConnectionActivities>({ ...PATIENT, summary: 'is the connection up already?' })
    .isConnected,
  recordEnd: proxyActivities<EndedPeeringActivities>({ ...PATIENT, summary: 'keep how it ended' }).recordEnd,
  allocateBlock: pool('an address block of the pool').allocateBlock,
  releaseBlock: pool('give the address block back').releaseBlock,
  explainBlock: pool('which block it would be').explainBlock,
};

export const local = proxyLocalActivities<SettingsActivities>({
  startToCloseTimeout: '5 seconds',
  summary: 'settings of the worker',
});
