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
import { TAG } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { carries, filtersOf, tagValue, type TaggedQuery } from './aws/tagging.js';
import { statusOf } from './peerings.js';

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
