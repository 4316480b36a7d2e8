/** Names that other software relies on: workflow types, workflow ids, the task queue. */

export const DEFAULT_TASK_QUEUE = 'causeway';

export const WORKFLOW = {
  planPeering: 'planPeering',
  provisionPeering: 'provisionPeering',
  maintainPeering: 'maintainPeering',
  cidrPool: 'cidrPool',
  observePeerings: 'observePeerings',
  checkProvider: 'checkProvider',
  sweepOrphans: 'sweepOrphans',
  endedPeering: 'endedPeering',
  deliverNotification: 'deliverNotification',
  manageAddresses: 'manageAddresses',
  verifyAddresses: 'verifyAddresses',
} as const;

/** One connection: one VPC of one organization. */
export interface ConnectionKey {
  organizationId: string;
  vpcId: string;
}

/** The connection as it stands in workflow ids and in the tag `causeway:peering`: `<organizationId>/<vpcId>`. */
export function connectionName(key: ConnectionKey): string {
  return `${key.organizationId}/${key.vpcId}`;
}

const PROVISION_PREFIX = 'provision-peering/';
const MAINTAIN_PREFIX = 'peering/';
const ENDED_PREFIX = 'ended-peering/';

export function provisionWorkflowId(connection: string): string {
  return PROVISION_PREFIX + connection;
}

export function maintainWorkflowId(connection: string): string {
  return MAINTAIN_PREFIX + connection;
}

/** The connection a workflow id belongs to, or null when the id is not that of a connection's workflow. */
export function connectionOfWorkflowId(workflowId: string): ConnectionKey | null {
  const match =
    /^(?:provision-peering|peering|ended-peering)\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(vpc-[0-9a-f]{8,17})$/.exec(
      workflowId,
    );
  const [, organizationId, vpcId] = match ?? [];
  return organizationId !== undefined && vpcId !== undefined ? { organizationId, vpcId } : null;
}

/**
 * @param scope an organization id, or `global`, by `addresses.uniqueness`
 * @param shard its range with a dash for the slash, by `addresses.sharding`; null where the scope has one pool
 */
export function poolWorkflowId(scope: string, shard: string | null = null): string {
  return shard === null ? `cidr-pool/${scope}` : `cidr-pool/${scope}/${shard}`;
}

/** The scope and shard of a pool by its workflow id, or null when the id is not that of a pool. */
export function poolOfWorkflowId(workflowId: string): { scope: string; shard: string | null } | null {
  const [, scope, shard = null] = /^cidr-pool\/([^/]+)(?:\/([^/]+))?$/.exec(workflowId) ?? [];
  return scope === undefined ? null : { scope, shard };
}

/** One Schedule for each provider account and region. */
export function observeScheduleId(accountId: string, region: string): string {
  return `observe-peerings/${accountId}/${region}`;
}

/** @param id anything unused, such as a UUID: each check is a run of its own */
export function providerCheckWorkflowId(id: string): string {
  return `check-provider/${id}`;
}

/** @param id anything unused: each order is a run of its own */
export function manageAddressesWorkflowId(id: string): string {
  return `manage-addresses/${id}`;
}

/** @param id anything unused: each comparison is a run of its own */
export function verifyAddressesWorkflowId(id: string): string {
  return `verify-addresses/${id}`;
}

/**
 * The one Schedule that looks for what nobody owns, over all regions of a deployment.
 *
 * @param taskQueue of the deployment's workers: callers know it, and a deployment of its own has one of its own
 */
export function sweepScheduleId(taskQueue: string): string {
  return `sweep-orphans/${taskQueue}`;
}

/** A sweep that an operator asked for; the next one follows it under the same id. */
export function manualSweepWorkflowId(taskQueue: string): string {
  return `sweep-orphans/${taskQueue}/manual`;
}

/** Keeps how a connection ended last, for as long as anyone may ask: it never closes by itself. */
export function endedPeeringWorkflowId(connection: string): string {
  return ENDED_PREFIX + connection;
}

/** @param run the run that tells; @param number counted from 1 in that run */
export function notificationWorkflowId(run: string, number: number): string {
  return `notification/${run}/${number.toString()}`;
}

/** In the memo of `provisionPeering`: who asked, where that was said. */
export const REQUESTED_BY_MEMO = 'causeway:requested-by';

/** In the memo of `provisionPeering`: the caller's mark of this one request, where there is one. */
export const ONCE_MEMO = 'causeway:once';

/** In the headers of a request's activities: the run that its first event was written for. */
export const WRITTEN_FOR_HEADER = 'causeway-written-for';

/** In the memo of `maintainPeering`: the run whose tags its resources carry. */
export const OWNED_RUN_MEMO = 'causeway:run';
