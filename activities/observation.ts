import { getClient, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { peeringObservedSignal } from '../contract/messages.js';
import { maintainWorkflowId, provisionWorkflowId } from '../contract/names.js';
import { MANAGED_BY, TAG } from '../contract/tags.js';
import type { Ec2Clients } from './aws/ec2-clients.js';
import { tagValue } from './aws/tagging.js';
import { findPeerings, observedPeering } from './vpc-peering-connection.js';

/** What one observation saw, by peering connection id: the connection it belongs to and a digest of its state. */
export type Observation = Record<string, { connection: string; digest: string }>;

interface ObservePeeringsInput {
  region: string;
  deployment: string;
  previous: Observation;
}

export interface ObservationActivities {
  /** Reads the region's peerings, and tells the runs of those first seen, changed or gone to look again. */
  observeRegion(input: ObservePeeringsInput): Promise<Observation>;
}

export function createObservationActivities(clients: Ec2Clients): ObservationActivities {
  return {
    async observeRegion({ region, deployment, previous }) {
      const seen = await readRegion(clients, { region, deployment });
      const result: Observation = { ...seen };
      for (const id of new Set([...Object.keys(previous), ...Object.keys(seen)])) {
        const before = previous[id];
        const now = seen[id];
        if (before?.digest === now?.digest) continue;
        const connection = (now ?? before)?.connection ?? '';
        if (await tellRuns(connection, now?.digest ?? 'absent')) continue;
        // Not told: what was known before stays, so that the next observation tells it again.
        if (before === undefined) Reflect.deleteProperty(result, id);
        else result[id] = before;
      }
      return result;
    },
  };
}

async function readRegion(
  clients: Ec2Clients,
  { region, deployment }: { region: string; deployment: string },
): Promise<Observation> {
  const peerings = await findPeerings(clients('observe', region), [
    { Name: `tag:${TAG.managedBy}`, Values: [MANAGED_BY] },
    { Name: `tag:${TAG.deployment}`, Values: [deployment] },
  ]);
  const seen: Observation = {};
  for (const peering of peerings) {
    const connection = tagValue(peering.Tags, TAG.peering);
    if (connection === undefined || tagValue(peering.Tags, TAG.deployment) !== deployment) continue;
    const { vpcPeeringConnectionId, status, accepter } = observedPeering(peering);
    const digest = [status, ...accepter.cidrs.sort(), accepter.allowsDnsResolution ? 'dns' : '']
      .join(' ')
      .trim();
    seen[vpcPeeringConnectionId] = { connection, digest };
  }
  return seen;
}

/** Both of a connection's workflows may be about for a moment; whichever is there hears it. False: neither could be asked. */
async function tellRuns(connection: string, status: string): Promise<boolean> {
  const ids = [provisionWorkflowId(connection), maintainWorkflowId(connection)];
  const told = await Promise.all(ids.map((workflowId) => tell(workflowId, status)));
  return told.every(Boolean);
}

async function tell(workflowId: string, status: string): Promise<boolean> {
  try {
    await getClient().workflow.getHandle(workflowId).signal(peeringObservedSignal, { status });
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    log.warn('could not signal an observation', { workflowId, error });
    return false;
  }
}
