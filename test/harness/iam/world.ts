import { DescribeNetworkAclsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { TagMap } from '../../../local/emulator-inventory.js';
import { PROVIDER, type TestEmulator } from '../emulator.js';
import { present } from '../networks.js';
import type { World } from './authorization.js';

/** What is in the provider's account now, by the emulator's own word. */
export async function worldOf(aws: TestEmulator, region: string): Promise<World> {
  const { regions, peerings } = await aws.control.inventory({ withDefaults: true });
  const tags = new Map<string, TagMap>();
  for (const here of regions) {
    if (here.account !== PROVIDER || here.region !== region) continue;
    for (const each of here.vpcs) tags.set(each.vpcId, each.tags);
    for (const each of here.subnets) tags.set(each.subnetId, each.tags);
    for (const each of here.routeTables) tags.set(each.routeTableId, each.tags);
    for (const each of here.networkAcls) tags.set(each.networkAclId, each.tags);
    for (const each of here.securityGroups) tags.set(each.groupId, each.tags);
  }
  for (const { vpcPeeringConnectionId, requester } of peerings) {
    if (requester.account === PROVIDER) tags.set(vpcPeeringConnectionId, requester.tags);
  }
  return {
    tagsOf: (id) => tags.get(id) ?? {},
    subnetOf: (associationId) => subnetOf(aws.ec2(PROVIDER, region), associationId),
  };
}

async function subnetOf(aws: EC2Client, associationId: string): Promise<string> {
  const { NetworkAcls = [] } = await aws.send(new DescribeNetworkAclsCommand({}));
  const associations = NetworkAcls.flatMap(({ Associations = [] }) => Associations);
  return present(associations.find((each) => each.NetworkAclAssociationId === associationId)?.SubnetId);
}
