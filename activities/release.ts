import {
  DeleteNetworkAclCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  paginateDescribeNetworkInterfaces,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import { isOver } from '../domain/lifecycle.js';
import { isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollFor, pollUntil } from './aws/poll.js';
import { inVpc, isOwnedBy, ownedBy } from './aws/tagging.js';
import { failure } from './failure.js';
import { findNetworkAcls } from './network-acl.js';
import { findSecurityGroups, isDefaultGroup } from './security-group.js';
import { findSubnets } from './subnet.js';
import { findPeerings, statusOf } from './vpc-peering-connection.js';
import { findOwnVpcs } from './vpc.js';

interface ReleaseInput {
  region: string;
  owner: Ownership;
  /**
   * Whether a create call may have taken effect without our knowing it: then nothing found is believed only after AWS has
   * had time to show it.
   */
  inDoubt: boolean;
}

export interface ReleaseActivities {
  /**
   * Removes all that carries the run's tags, in dependency order, until AWS shows nothing of it; gone already is success.
   * The peering goes first, whatever holds the VPC: what is closed carries no traffic while that is waited for.
   * @throws ApplicationFailure `NetworkInterfacesInUse` naming the interfaces that hold the VPC, `ReleaseIncomplete` naming
   * what somebody else has put into it; neither they nor the VPC that they are in are touched
   */
  releaseNetwork(input: ReleaseInput): Promise<{ deleted: string[] }>;
}

export function createReleaseActivities(clients: Ec2Clients): ReleaseActivities {
  return {
    async releaseNetwork({ region, owner, inDoubt }) {
      const ec2 = clients('release', region);
      const deleted: string[] = [];
      await pollFor(ec2, inDoubt ? ec2.timing.settleMs : 0, async () =>
        (await ownsAnything(ec2, owner)) ? true : undefined,
      );
      await pollUntil(ec2, `the end of all that run ${owner.run} owns in ${region}`, async () => {
        deleted.push(...(await deletePeerings(ec2, owner)));
        for (const vpc of await findOwnVpcs(ec2, owner)) {
          if (vpc.VpcId !== undefined) deleted.push(...(await deleteVpc(ec2, owner, vpc.VpcId)));
        }
        return (await ownsAnything(ec2, owner)) ? undefined : true;
      });
      return { deleted: [...new Set(deleted)] };
    },
  };
}

async function ownsAnything(ec2: Ec2, owner: Ownership): Promise<boolean> {
  return (await livingPeerings(ec2, owner)).length > 0 || (await findOwnVpcs(ec2, owner)).length > 0;
}

/** A peering that is over can neither be deleted nor holds anything; AWS forgets it by itself. */
async function livingPeerings(ec2: Ec2, owner: Ownership): Promise<string[]> {
  return (await findPeerings(ec2, ownedBy(owner)))
    .filter((peering) => isOwnedBy(owner, peering.Tags) && !isOver(statusOf(peering)))
    .flatMap(({ VpcPeeringConnectionId }) =>
      VpcPeeringConnectionId === undefined ? [] : [VpcPeeringConnectionId],
    );
}

async function deletePeerings(ec2: Ec2, owner: Ownership): Promise<string[]> {
  const deleted: string[] = [];
  for (const id of await livingPeerings(ec2, owner)) {
    const command = new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
    if (await isDone(() => ec2.write.send(command))) deleted.push(id);
  }
  return deleted;
}

/** The main route table, the default network ACL and the default security group vanish with the VPC. */
async function deleteVpc(ec2: Ec2, owner: Ownership, vpcId: string): Promise<string[]> {
  await refuseWhileInUse(ec2, vpcId);
  const groups = (await findSecurityGroups(ec2, inVpc(vpcId))).filter((group) => !isDefaultGroup(group));
  const subnets = await findSubnets(ec2, vpcId);
  const acls = (await findNetworkAcls(ec2, inVpc(vpcId))).filter(({ IsDefault }) => IsDefault !== true);
  refuseWithStrangers(vpcId, [
    ...groups.map(({ GroupId, Tags }) => ({ id: GroupId, isOwn: isOwnedBy(owner, Tags) })),
    ...subnets.map(({ SubnetId, Tags }) => ({ id: SubnetId, isOwn: isOwnedBy(owner, Tags) })),
    ...acls.map(({ NetworkAclId, Tags }) => ({ id: NetworkAclId, isOwn: isOwnedBy(owner, Tags) })),
  ]);
  const deleted: string[] = [];
  for (const { GroupId = '' } of groups) {
    const command = new DeleteSecurityGroupCommand({ GroupId });
    if (await isDone(() => ec2.write.send(command))) deleted.push(GroupId);
  }
  for (const { SubnetId = '' } of subnets) {
    if (await isDone(() => ec2.write.send(new DeleteSubnetCommand({ SubnetId })))) deleted.push(SubnetId);
  }
  for (const { NetworkAclId = '' } of acls) {
    if (await isDone(() => ec2.write.send(new DeleteNetworkAclCommand({ NetworkAclId })))) {
      deleted.push(NetworkAclId);
    }
  }
  if (await isDone(() => ec2.write.send(new DeleteVpcCommand({ VpcId: vpcId })))) deleted.push(vpcId);
  return deleted;
}

/** False: gone already, which is success, or something still depends on it, which the next look tries again. */
async function isDone(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!isAwsCode(error, '*.NotFound', 'DependencyViolation', 'InvalidStateTransition')) throw error;
    return false;
  }
}

/** Without this run's tags it is not ours to delete, though it stands in our VPC. */
function refuseWithStrangers(
  vpcId: string,
  contents: readonly { id: string | undefined; isOwn: boolean }[],
): void {
  const strangers = contents.filter(({ isOwn }) => !isOwn).map(({ id }) => id ?? '?');
  if (strangers.length === 0) return;
  throw failure('ReleaseIncomplete', `${vpcId} holds what this run did not make: ${strangers.join(', ')}`);
}

/** Interfaces of connectors keep subnets and VPC: they are named, for their owner to remove. */
async function refuseWhileInUse(ec2: Ec2, vpcId: string): Promise<void> {
  const pages = paginateDescribeNetworkInterfaces(
    { client: ec2.read },
    { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] },
  );
  const interfaces: string[] = [];
  for await (const page of pages) {
    for (const { NetworkInterfaceId, VpcId } of page.NetworkInterfaces ?? []) {
      if (NetworkInterfaceId !== undefined && VpcId === vpcId) interfaces.push(NetworkInterfaceId);
    }
  }
  if (interfaces.length === 0) return;
  const names = interfaces.join(', ');
  throw failure('NetworkInterfacesInUse', `${vpcId} still holds network interfaces: ${names}`, {
    waitsFor: `removal of network interfaces ${names}`,
  });
}
