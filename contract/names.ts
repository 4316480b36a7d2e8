/** Names that other software relies on: workflow types, workflow ids, the task queue. */

export const DEFAULT_TASK_QUEUE = 'causeway';

export const WORKFLOW = {
  planPeering: 'planPeering',
  provisionPeering: 'provisionPeering',
  maintainPeering: 'maintainPeering',
  cidrPool: 'cidrPool',
  observePeerings: 'observePeerings',
  checkProvider: 'checkProvider',
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

export function provisionWorkflowId(connection: string): string {
  return PROVISION_PREFIX + connection;
}

export function maintainWorkflowId(connection: string): string {
  return MAINTAIN_PREFIX + connection;
}

/** The connection a workflow id belongs to, or null when the id is not that of a connection's workflow. */
export function connectionOfWorkflowId(workflowId: string): ConnectionKey | null {
  const match =
    /^(?:provision-peering|peering)\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(vpc-[0-9a-f]{8,17})$/.exec(
      workflowId,
    );
  const [, organizationId, vpcId] = match ?? [];
  return organizationId !== undefined && vpcId !== undefined ? { organizationId, vpcId } : null;
}

/** @param scope an organization id, or `global`, by `addresses.uniqueness` */
export function poolWorkflowId(scope: string): string {
  return `cidr-pool/${scope}`;
}

/** One Schedule for each provider account and region. */
export function observeScheduleId(accountId: string, region: string): string {
  return `observe-peerings/${accountId}/${region}`;
}

/** @param id anything unused, such as a UUID: each check is a run of its own */
export function providerCheckWorkflowId(id: string): string {
  return `check-provider/${id}`;
}
