import {
  paginateDescribeNetworkAcls,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
  type Filter,
  type Tag,
} from '@aws-sdk/client-ec2';
import { MANAGED_BY, TAG } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { tagValue } from './aws/tagging.js';
import { statusOf } from './vpc-peering-connection.js';

/** What of a region is asked for: all of a deployment, or what one run left of one connection. */
export interface TaggedQuery {
  deployment: string;
  connection?: string;
  run?: string;
}

/** Resources with the same tags of connection and run; '' stands for a tag that is not there. */
export interface ResourceGroup {
  connection: string;
  run: string;
  resourceIds: string[];
}

interface Resource {
  id: string | undefined;
  tags: readonly Tag[] | undefined;
}

/** The most that AWS gives of every kind at once. */
const PAGE_SIZE = 100;

/**
 * All in a region that carries the deployment's tags, by connection and run. A peering that is over is left out: AWS
 * forgets it by itself.
 *
 * @throws AwsCallError
 */
export async function findTaggedResources(ec2: Ec2, query: TaggedQuery): Promise<ResourceGroup[]> {
  const groups = new Map<string, ResourceGroup>();
  for await (const { id, tags } of taggedResources(ec2, filtersOf(query))) {
    if (id === undefined || !carries(tags, query)) continue;
    const connection = tagValue(tags, TAG.peering) ?? '';
    const run = tagValue(tags, TAG.run) ?? '';
    const key = JSON.stringify([connection, run]);
    const group = groups.get(key) ?? { connection, run, resourceIds: [] };
    group.resourceIds.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function wantedTags({ deployment, connection, run }: TaggedQuery): [string, string][] {
  return [
    [TAG.managedBy, MANAGED_BY],
    [TAG.deployment, deployment],
    ...(connection === undefined ? [] : [[TAG.peering, connection] satisfies [string, string]]),
    ...(run === undefined ? [] : [[TAG.run, run] satisfies [string, string]]),
  ];
}

/** What AWS is asked to filter by; `carries` looks again. */
export function filtersOf(query: TaggedQuery): Filter[] {
  return wantedTags(query).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

/** A second look at what the filter gave, whose values may be patterns (`*`, `?`). */
export function carries(tags: readonly Tag[] | undefined, query: TaggedQuery): boolean {
  return wantedTags(query).every(([key, value]) => tagValue(tags, key) === value);
}

async function* taggedResources(ec2: Ec2, Filters: Filter[]): AsyncGenerator<Resource> {
  const pages = { client: ec2.read, pageSize: PAGE_SIZE };
  for await (const page of paginateDescribeVpcPeeringConnections(pages, { Filters })) {
    for (const peering of page.VpcPeeringConnections ?? []) {
      if (!isOver(statusOf(peering))) yield { id: peering.VpcPeeringConnectionId, tags: peering.Tags };
    }
  }
  for await (const page of paginateDescribeSecurityGroups(pages, { Filters })) {
    yield* (page.SecurityGroups ?? []).map(({ GroupId, Tags }) => ({ id: GroupId, tags: Tags }));
  }
  for await (const page of paginateDescribeSubnets(pages, { Filters })) {
    yield* (page.Subnets ?? []).map(({ SubnetId, Tags }) => ({ id: SubnetId, tags: Tags }));
  }
  for await (const page of paginateDescribeNetworkAcls(pages, { Filters })) {
    yield* (page.NetworkAcls ?? []).map(({ NetworkAclId, Tags }) => ({ id: NetworkAclId, tags: Tags }));
  }
  for await (const page of paginateDescribeRouteTables(pages, { Filters })) {
    yield* (page.RouteTables ?? []).map(({ RouteTableId, Tags }) => ({ id: RouteTableId, tags: Tags }));
  }
  for await (const page of paginateDescribeVpcs(pages, { Filters })) {
    yield* (page.Vpcs ?? []).map(({ VpcId, Tags }) => ({ id: VpcId, tags: Tags }));
  }
}
