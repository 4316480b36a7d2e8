import type { Tag, Vpc, VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { TAG, type Ownership, type ResourceRole } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import type { Ec2 } from './aws/ec2-clients.js';
import { isOwnedBy, missingTags, ownedBy, tagValue } from './aws/tagging.js';
import { failure } from './failure.js';
import { findPeerings, statusOf } from './peerings.js';
import { rolesOf, type RememberedNetwork } from './remembered-network.js';
import { findOwnVpcs, findVpc } from './vpc.js';

/** What AWS shows of a run's VPCs and peerings: by the run's tags, and by the ids that the run remembers. */
export interface OwnedThings {
  vpcs: Vpc[];
  /** Those that hold their VPCs and can be deleted. */
  livingPeerings: VpcPeeringConnection[];
}

/** @throws ApplicationFailure `ReleaseIncomplete` naming a remembered resource that carries the tags of another run */
export async function findOwned(
  ec2: Ec2,
  owner: Ownership,
  remembered: RememberedNetwork | null,
): Promise<OwnedThings> {
  const tagged = await findPeerings(ec2, ownedBy(owner));
  const peerings = tagged.filter(({ Tags }) => isOwnedBy(owner, Tags));
  const pcx = remembered?.vpcPeeringConnectionId ?? null;
  if (pcx !== null && !peerings.some(({ VpcPeeringConnectionId: id }) => id === pcx)) {
    const byId = await findPeerings(ec2, [{ Name: 'vpc-peering-connection-id', Values: [pcx] }]);
    peerings.push(...byId.filter(({ VpcPeeringConnectionId: id }) => id === pcx));
  }
  const vpcs = await findOwnVpcs(ec2, owner);
  const vpcId = remembered?.vpcId ?? null;
  if (vpcId !== null && !vpcs.some((vpc) => vpc.VpcId === vpcId)) {
    const byId = await findVpc(ec2, vpcId);
    if (byId !== undefined) vpcs.push(byId);
  }
  for (const { VpcId, Tags } of vpcs) requireNotAnothers(owner, VpcId, Tags);
  const livingPeerings = peerings.filter((peering) => !isOver(statusOf(peering)));
  for (const { VpcPeeringConnectionId, Tags } of livingPeerings) {
    requireNotAnothers(owner, VpcPeeringConnectionId, Tags);
  }
  return { vpcs, livingPeerings };
}

function requireNotAnothers(
  { run, deployment }: Ownership,
  id: string | undefined,
  tags: readonly Tag[] | undefined,
): void {
  const by = tagValue(tags, TAG.run) ?? run;
  const within = tagValue(tags, TAG.deployment) ?? deployment;
  if (by === run && within === deployment) return;
  throw failure('ReleaseIncomplete', `${id ?? '?'} carries the tags of run ${by} of ${within}`, {
    waitsFor: `the tags of ${id ?? '?'} to be put right`,
  });
}

/** Whether something in the run's VPC is the run's own. */
export function isOurs(
  owner: Ownership,
  remembered: RememberedNetwork | null,
  { id, tags }: { id: string | undefined; tags: readonly Tag[] | undefined },
): boolean {
  return isOwnedBy(owner, tags) || (remembered !== null && id !== undefined && rolesOf(remembered).has(id));
}

/** What of these the run remembers and lacks its tags, by the role that they are to carry. */
export function untagged(
  owner: Ownership,
  remembered: RememberedNetwork | null,
  resources: readonly { id: string | undefined; tags: readonly Tag[] | undefined }[],
): Map<ResourceRole, string[]> {
  const byRole = new Map<ResourceRole, string[]>();
  if (remembered === null) return byRole;
  const roles = rolesOf(remembered);
  for (const { id = '', tags } of resources) {
    const role = roles.get(id);
    if (role === undefined || missingTags(tags, owner, role).length === 0) continue;
    byRole.set(role, [...(byRole.get(role) ?? []), id]);
  }
  return byRole;
}
