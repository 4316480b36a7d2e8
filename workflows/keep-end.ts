import { workflowInfo } from '@temporalio/workflow';
import { connectionName } from '../contract/names.js';
import { temporal } from './activity-proxies.js';
import type { PeeringRecord } from './peering-record.js';

/** Leaves the end where it outlives this execution, and lets go once people are being told. */
export async function keepEnd(record: PeeringRecord): Promise<void> {
  if (record.isConnectionsEnd) {
    const { status } = record;
    const { workflowId, runId } = workflowInfo();
    const connection = connectionName({ ...status, vpcId: status.customer.vpcId });
    await temporal.recordEnd({ connection, end: { status, workflowId, runId } });
  }
  await record.told();
}
