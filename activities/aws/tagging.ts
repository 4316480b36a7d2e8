import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { MANAGED_BY, TAG, tagsOf, type Ownership, type ResourceRole } from '../../contract/tags.js';

export function awsTags(owner: Ownership, role: ResourceRole): Tag[] {
  return Object.entries(tagsOf(owner, role)).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags for a create call: what is created without them could never be found again. */
export function tagSpecification(
  resourceType: ResourceType,
  owner: Ownership,
  role: ResourceRole,
): TagSpecification[] {
  return [{ ResourceType: resourceType, Tags: awsTags(owner, role) }];
}

/** Filters for everything one run of one deployment owns, optionally in one role only. */
export function ownedBy(owner: Ownership, role?: ResourceRole): Filter[] {
  const wanted: Record<string, string> = {
    [TAG.managedBy]: MANAGED_BY,
    [TAG.deployment]: owner.deployment,
    [TAG.run]: owner.run,
    ...(role === undefined ? {} : { [TAG.role]: role }),
  };
  return Object.entries(wanted).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

export function inVpc(vpcId: string): Filter[] {
  return [{ Name: 'vpc-id', Values: [vpcId] }];
}

export function tagValue(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.Key === key)?.Value;
}

/** Whether all tags of that role are there, as wanted; others may be too. */
export function hasTags(tags: readonly Tag[] | undefined, owner: Ownership, role: ResourceRole): boolean {
  return missingTags(tags, owner, role).length === 0;
}

/** Keys of that role's tags that are not there, or have another value. */
export function missingTags(
  tags: readonly Tag[] | undefined,
  owner: Ownership,
  role: ResourceRole,
): string[] {
  return Object.entries(tagsOf(owner, role))
    .filter(([key, value]) => tagValue(tags, key) !== value)
    .map(([key]) => key);
}

/** A second look at what a filter gave: nothing is changed or deleted on a filter's word alone. */
export function isOwnedBy(owner: Ownership, tags: readonly Tag[] | undefined): boolean {
  return (
    tagValue(tags, TAG.managedBy) === MANAGED_BY &&
    tagValue(tags, TAG.deployment) === owner.deployment &&
    tagValue(tags, TAG.run) === owner.run
  );
}

/** What of a region is asked for: all of a deployment, or what one run left of one connection. */
export interface TaggedQuery {
  deployment: string;
  connection?: string;
  run?: string;
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
