import { proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type { NetworkActivities } from '../activities/index.js';
import type { AddressPoolActivities } from '../activities/address-pool.js';
import type { ConnectionActivities } from '../activities/connection.js';
import type { EndedPeeringActivities } from '../activities/ended-peering.js';
import type { SettingsActivities } from '../activities/settings.js';
import type { FailureCode } from '../domain/failures.js';
import { AWS_STEP, parkedStep, QUESTION_TO_TEMPORAL, type Intervals } from './activity-options.js';

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

export const aws = awsActivities(AWS_STEP);

/** Those of a run that is parked for `cause`, tried again at intervals that grow between these. */
export function awsWhileParked(cause: FailureCode, intervals: Intervals): AwsActivities {
  return awsActivities(parkedStep(cause, intervals));
}

const pool = (summary: string): AddressPoolActivities =>
  proxyActivities<AddressPoolActivities>({ ...QUESTION_TO_TEMPORAL, summary });

export const temporal: AddressPoolActivities & ConnectionActivities & EndedPeeringActivities = {
  isConnected: proxyActivities<ConnectionActivities>({
    ...QUESTION_TO_TEMPORAL,
    summary: 'is the connection up already?',
  }).isConnected,
  isKept: proxyActivities<ConnectionActivities>({
    ...QUESTION_TO_TEMPORAL,
    summary: 'is what this run made kept by a living connection?',
  }).isKept,
  cancelRun: proxyActivities<ConnectionActivities>({ ...QUESTION_TO_TEMPORAL, summary: 'close as cancelled' })
    .cancelRun,
  recordEnd: proxyActivities<EndedPeeringActivities>({
    ...QUESTION_TO_TEMPORAL,
    summary: 'keep how it ended',
  }).recordEnd,
  allocateBlock: pool('an address block of the pool').allocateBlock,
  releaseBlock: pool('give the address block back').releaseBlock,
  explainBlock: pool('which block it would be').explainBlock,
};

export const local = proxyLocalActivities<SettingsActivities>({
  startToCloseTimeout: '5 seconds',
  summary: 'settings of the worker',
});
