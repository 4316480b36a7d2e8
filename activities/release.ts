import {
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
import { isOwnedBy, ownedBy } from './aws/tagging.js';
import { failure } from './failure.js';
import { findSecurityGroups } from './security-group.js';
import { findSubnets } from './subnet.js';
import { findPeerings, statusOf } from './vpc-peering-connection.js';
import { findVpcs } from './vpc.js';

export interface ReleaseInput {
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
   * @throws ApplicationFailure `NetworkInterfacesInUse` naming the interfaces that hold the VPC; they are never deleted
   */
  releaseNetwork(input: ReleaseInput): Promise<{ deleted: string[] }>;
}

const DOUBT_MS = 15_000;

export function createReleaseActivities(clients: Ec2Clients): ReleaseActivities {
  return {
    async releaseNetwork({ region, owner, inDoubt }) {
      const ec2 = clients('release', region);
      const deleted: string[] = [];
      await pollFor(inDoubt ? DOUBT_MS : 0, async () =>
        (await ownsAnything(ec2, owner)) ? true : undefined,
      );
      await pollUntil({ what: `the end of all that run ${owner.run} owns in ${region}` }, async () => {
        deleted.push(...(await deletePeerings(ec2, owner)));
        for (const vpc of await findVpcs(ec2, owner)) {
          if (vpc.VpcId !== undefined) deleted.push(...(await deleteVpc(ec2, vpc.VpcId)));
        }
        return (await ownsAnything(ec2, owner)) ? undefined : true;
      });
      return { deleted: [...new Set(deleted)] };
    },
  };
}

async function ownsAnything(ec2: Ec2, owner: Ownership): Promise<boolean> {
  return (await livingPeerings(ec2, owner)).length > 0 || (await findVpcs(ec2, owner)).length > 0;
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
  const ids = await livingPeerings(ec2, owner);
  for (const id of ids) {
    await remove(() => ec2.write.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id })));
  }
  return ids;
}

/** The main route table, the default network ACL and the default security group vanish with the VPC. */
async function deleteVpc(ec2: Ec2, vpcId: string): Promise<string[]> {
  const deleted: string[] = [];
  for (const { GroupId, GroupName } of await findSecurityGroups(ec2, vpcId)) {
    if (GroupId === undefined || GroupName === 'default') continue;
    await remove(() => ec2.write.send(new DeleteSecurityGroupCommand({ GroupId })));
    deleted.push(GroupId);
  }
  for (const { SubnetId } of await findSubnets(ec2, vpcId)) {
    if (SubnetId === undefined) continue;
    await remove(() => ec2.write.send(new DeleteSubnetCommand({ SubnetId })));
    deleted.push(SubnetId);
  }
  await refuseWhileInUse(ec2, vpcId);
  await remove(() => ec2.write.send(new DeleteVpcCommand({ VpcId: vpcId })));
  return [...deleted, vpcId];
}

/** Gone already is success; what something still depends on is tried again after the next look. */
async function remove(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isAwsCode(error, '*.NotFound', 'DependencyViolation', 'InvalidStateTransition')) throw error;
  }
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
