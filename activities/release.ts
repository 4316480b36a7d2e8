import {
  CreateTagsCommand,
  DeleteNetworkAclCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  type Tag,
  type Vpc,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { Ownership } from '../contract/tags.js';
import { isAwsCode } from './aws/call-error.js';
import type { Ec2, Ec2Clients } from './aws/ec2-clients.js';
import { pollFor, pollUntil } from './aws/poll.js';
import { awsTags, inVpc } from './aws/tagging.js';
import { findNetworkAcls } from './network-acl.js';
import { findOwned, isOurs, untagged } from './owned-things.js';
import type { RememberedNetwork } from './remembered-network.js';
import { findRouteTables, isMain } from './route.js';
import { findSecurityGroups, isDefaultGroup } from './security-group.js';
import { findSubnets } from './subnet.js';
import { findHolders, heldBy, refuseWhileInUse } from './vpc-holders.js';

export interface ReleaseInput {
  region: string;
  owner: Ownership;
  /**
   * Whether a create call may have taken effect without our knowing it: then nothing found is believed only after AWS has
   * had time to show it.
   */
  inDoubt: boolean;
  /** Null for whoever knows the run by its tags alone. */
  remembered: RememberedNetwork | null;
}

export interface Released {
  /** Ids of all that was deleted. */
  deleted: string[];
  /**
   * The remembered VPC, where AWS did not show it, whatever it showed of the peering: that has to last before it is believed.
   * Once the VPC was deleted nothing can be left, for whatever is there holds it.
   */
  unseen: string[];
}

export interface ReleaseActivities {
  /**
   * Removes all that carries the run's tags or is remembered by it, in dependency order, until AWS shows nothing of it; gone
   * already is success. The peering goes first, whatever holds the VPC: what is closed carries no traffic while that is
   * waited for.
   * @throws ApplicationFailure `NetworkInterfacesInUse` naming the interfaces that hold the VPC, `ReleaseIncomplete` naming
   * what somebody else has put into it, which is never touched; `WrongAccount`, before anything is done
   */
  releaseNetwork(input: ReleaseInput): Promise<Released>;
}

export function createReleaseActivities(clients: Ec2Clients): ReleaseActivities {
  return {
    async releaseNetwork({ region, owner, inDoubt, remembered }) {
      const ec2 = clients('release', region);
      await ec2.identity.requireOwn();
      const release = new Release(ec2, { owner, remembered, tagger: clients('provision', region) });
      await pollFor(ec2, inDoubt ? ec2.timing.settleMs : 0, () => release.isAnythingLeft());
      await pollUntil(ec2, `the end of all that run ${owner.run} owns in ${region}`, () =>
        release.isFinished(),
      );
      return release.result();
    },
  };
}

/** Something in the run's VPC. */
interface Content {
  id: string | undefined;
  tags: readonly Tag[] | undefined;
}

class Release {
  readonly #owner: Ownership;
  readonly #remembered: RememberedNetwork | null;
  /** May put tags back, so that whoever deletes can be bound to them. */
  readonly #tagger: Ec2;
  readonly #deleted = new Set<string>();
  #isVpcSeen = false;

  constructor(
    private readonly ec2: Ec2,
    of: { owner: Ownership; remembered: RememberedNetwork | null; tagger: Ec2 },
  ) {
    this.#owner = of.owner;
    this.#remembered = of.remembered;
    this.#tagger = of.tagger;
  }

  async isAnythingLeft(): Promise<true | undefined> {
    const { vpcs, livingPeerings } = await this.#look();
    return vpcs.length + livingPeerings.length > 0 ? true : undefined;
  }

  /** Deletes what is there, and looks whether it was the last. */
  async isFinished(): Promise<true | undefined> {
    const { vpcs, livingPeerings } = await this.#look();
    await this.#putTagsBack([
      ...vpcs.map(({ VpcId, Tags }) => ({ id: VpcId, tags: Tags })),
      ...livingPeerings.map(({ VpcPeeringConnectionId, Tags }) => ({
        id: VpcPeeringConnectionId,
        tags: Tags,
      })),
    ]);
    for (const { VpcPeeringConnectionId: id = '' } of livingPeerings) {
      await this.#delete(id, () =>
        this.ec2.write.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id })),
      );
    }
    for (const { VpcId } of vpcs) if (VpcId !== undefined) await this.#deleteVpc(VpcId);
    return (await this.isAnythingLeft()) === true ? undefined : true;
  }

  result(): Released {
    const vpcId = this.#remembered?.vpcId ?? null;
    return { deleted: [...this.#deleted], unseen: vpcId === null || this.#isVpcSeen ? [] : [vpcId] };
  }

  async #look(): Promise<{ vpcs: Vpc[]; livingPeerings: VpcPeeringConnection[] }> {
    const found = await findOwned(this.ec2, this.#owner, this.#remembered);
    this.#isVpcSeen ||= found.vpcs.some(({ VpcId }) => VpcId === this.#remembered?.vpcId);
    return found;
  }

  /** The main route table, the default network ACL and the default security group vanish with the VPC. */
  async #deleteVpc(vpcId: string): Promise<void> {
    const { ec2 } = this;
    await refuseWhileInUse(ec2, vpcId);
    const groups = (await findSecurityGroups(ec2, inVpc(vpcId)))
      .filter((group) => !isDefaultGroup(group))
      .map(({ GroupId, Tags }) => ({ id: GroupId, tags: Tags }));
    const subnets = (await findSubnets(ec2, vpcId)).map(({ SubnetId, Tags }) => ({
      id: SubnetId,
      tags: Tags,
    }));
    const acls = (await findNetworkAcls(ec2, inVpc(vpcId)))
      .filter(({ IsDefault }) => IsDefault !== true)
      .map(({ NetworkAclId, Tags }) => ({ id: NetworkAclId, tags: Tags }));
    const contents = [...groups, ...subnets, ...acls];
    this.#refuseStrangers(vpcId, contents);
    await this.#putTagsBack(contents);
    for (const { id: GroupId = '' } of groups) {
      await this.#delete(GroupId, () => ec2.write.send(new DeleteSecurityGroupCommand({ GroupId })));
    }
    for (const { id: SubnetId = '' } of subnets) {
      await this.#delete(SubnetId, () => ec2.write.send(new DeleteSubnetCommand({ SubnetId })));
    }
    for (const { id: NetworkAclId = '' } of acls) {
      await this.#delete(NetworkAclId, () => ec2.write.send(new DeleteNetworkAclCommand({ NetworkAclId })));
    }
    const answer = await this.#delete(vpcId, () => ec2.write.send(new DeleteVpcCommand({ VpcId: vpcId })));
    if (answer === 'held') await this.#freeOrNameHolders(vpcId);
  }

  /** A table of ours that is no longer the main one is deleted here; whatever else holds the VPC is somebody else's. */
  async #freeOrNameHolders(vpcId: string): Promise<void> {
    const own = (await findRouteTables(this.ec2, inVpc(vpcId)))
      .filter((table) => !isMain(table))
      .map(({ RouteTableId, Tags }) => ({ id: RouteTableId, tags: Tags }))
      .filter((table) => isOurs(this.#owner, this.#remembered, table));
    await this.#putTagsBack(own);
    for (const { id: RouteTableId = '' } of own) {
      await this.#delete(RouteTableId, () =>
        this.ec2.write.send(new DeleteRouteTableCommand({ RouteTableId })),
      );
    }
    const { holders, unread } = await findHolders(this.ec2, vpcId, [...this.#deleted]);
    if (holders.length > 0) throw heldBy(vpcId, [...holders, ...unread]);
  }

  /** `gone` is success; what is `held` by something is tried again by the next look. */
  async #delete(id: string, call: () => Promise<unknown>): Promise<'deleted' | 'gone' | 'held'> {
    try {
      await call();
      this.#deleted.add(id);
      return 'deleted';
    } catch (error) {
      if (isAwsCode(error, 'DependencyViolation')) return 'held';
      if (isAwsCode(error, '*.NotFound', 'InvalidStateTransition')) return 'gone';
      throw error;
    }
  }

  /** What is neither tagged nor remembered is not ours to delete, though it stands in our VPC. */
  #refuseStrangers(vpcId: string, contents: readonly Content[]): void {
    const strangers = contents.filter((content) => !isOurs(this.#owner, this.#remembered, content));
    if (strangers.length > 0)
      throw heldBy(
        vpcId,
        strangers.map(({ id }) => id ?? '?'),
      );
  }

  async #putTagsBack(resources: readonly Content[]): Promise<void> {
    for (const [role, ids] of untagged(this.#owner, this.#remembered, resources)) {
      await this.#tagger.write.send(
        new CreateTagsCommand({ Resources: ids, Tags: awsTags(this.#owner, role) }),
      );
    }
  }
}
