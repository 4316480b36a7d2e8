import { createHash } from 'node:crypto';
import type { Filter, NetworkAcl, Tag, VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { getClient, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { peeringObservedSignal } from '../contract/messages.js';
import { maintainWorkflowId, provisionWorkflowId } from '../contract/names.js';
import { MANAGED_BY, TAG } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { tagValue } from './aws/tagging.js';
import { inGroups } from './in-groups.js';
import { findNetworkAcls, subnetsOf } from './network-acl.js';
import { findRouteTables } from './route.js';
import { findSecurityGroups } from './security-group.js';
import { findPeerings, observedPeering, statusOf } from './peerings.js';
import { findVpcs } from './vpc.js';

/**
 * What one observation saw: by connection (`<organizationId>/<vpcId>`) a digest of everything that AWS shows with its tags.
 * It is kept short, for a Schedule hands it from each look to the next: 10,000 connections stay under 1 MiB.
 */
export type Observation = Record<string, string>;

interface ObservePeeringsInput {
  region: string;
  deployment: string;
  previous: Observation;
}

export interface ObservationActivities {
  /** Reads all that Causeway has in the region, and tells the runs of what is first seen, changed or gone to look again. */
  observeRegion(input: ObservePeeringsInput): Promise<Observation>;
}

/** Of SHA-256, in bytes: enough to notice a change of one connection, and short. */
const DIGEST_BYTES = 8;

/** Signals under way at once: after an upgrade or an outage there is something to tell every run. */
const TOLD_AT_ONCE = 20;

export function createObservationActivities(clients: Ec2Clients): ObservationActivities {
  return {
    async observeRegion({ region, deployment, previous }) {
      const seen = await readRegion(clients('observe', region), deployment);
      const result: Observation = Object.fromEntries([...seen].map(([name, { digest }]) => [name, digest]));
      const changed = [...new Set([...Object.keys(previous), ...seen.keys()])].filter(
        (connection) => previous[connection] !== result[connection],
      );
      await inGroups(changed, TOLD_AT_ONCE, async (connection) => {
        if (await tellRuns(connection, seen.get(connection)?.status ?? 'absent')) return;
        // Not told: what was known before stays, so that the next observation tells it again.
        const before = previous[connection];
        if (before === undefined) Reflect.deleteProperty(result, connection);
        else result[connection] = before;
      });
      return result;
    },
  };
}

interface Sighting {
  digest: string;
  /** Of the peering that is not over, else of one that is; `absent` when AWS shows none. */
  status: string;
}

async function readRegion(ec2: Ec2, deployment: string): Promise<Map<string, Sighting>> {
  const ours: Filter[] = [
    { Name: `tag:${TAG.managedBy}`, Values: [MANAGED_BY] },
    { Name: `tag:${TAG.deployment}`, Values: [deployment] },
  ];
  const [peerings, vpcs, tables, acls, groups] = await Promise.all([
    findPeerings(ec2, ours),
    findVpcs(ec2, ours),
    findRouteTables(ec2, ours),
    findNetworkAcls(ec2, ours),
    findSecurityGroups(ec2, ours),
  ]);
  const texts = new Map<string, string[]>();
  const note = (tags: readonly Tag[] | undefined, facts: object): void => {
    const connection = tagValue(tags, TAG.peering);
    if (connection === undefined || tagValue(tags, TAG.deployment) !== deployment) return;
    texts.set(connection, [...(texts.get(connection) ?? []), canonical(facts)]);
  };
  for (const resource of [...vpcs, ...tables, ...groups]) note(resource.Tags, resource);
  for (const acl of acls) note(acl.Tags, networkAclFacts(acl));
  for (const peering of peerings) note(peering.Tags, peeringFacts(peering));
  return new Map(
    [...texts].map(([connection, own]) => {
      const shown = peerings.filter(({ Tags }) => tagValue(Tags, TAG.peering) === connection);
      return [connection, { digest: digestOf(own), status: statusOfAll(shown) }];
    }),
  );
}

/** What moves a connection on; AWS's messages may be reworded. */
function peeringFacts(peering: VpcPeeringConnection): object {
  return { Tags: peering.Tags, ...observedPeering(peering), statusMessage: undefined };
}

/** The ids of associations are new with every swap; which subnets are under it counts. */
function networkAclFacts(acl: NetworkAcl): object {
  return { ...acl, Associations: undefined, subnets: subnetsOf(acl) };
}

function statusOfAll(peerings: readonly VpcPeeringConnection[]): string {
  const statuses = peerings.map(statusOf);
  return statuses.find((status) => !isOver(status)) ?? statuses[0] ?? 'absent';
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256')
    .update([...texts].sort().join('\n'))
    .digest();
  return hash.subarray(0, DIGEST_BYTES).toString('base64url');
}

/** The same text for the same facts, in whatever order AWS lists them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}

/** Both of a connection's workflows may be about for a moment; whichever is there hears it. False: one could not be asked. */
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
