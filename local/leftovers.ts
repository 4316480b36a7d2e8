import { TAG } from '../contract/tags.js';
import type { Inventory, TagMap } from './emulator-inventory.js';

/** Ids of all that carries Causeway's tags, and of peerings that are not over; empty when everything was released. */
export function leftovers({ regions, peerings }: Inventory, connection?: string): string[] {
  const owned = (tags: TagMap): boolean =>
    tags[TAG.managedBy] !== undefined && (connection === undefined || tags[TAG.peering] === connection);
  const resources = regions.flatMap((region) => [
    ...region.vpcs.map(({ vpcId, tags }) => ({ id: vpcId, tags })),
    ...region.subnets.map(({ subnetId, tags }) => ({ id: subnetId, tags })),
    ...region.routeTables.map(({ routeTableId, tags }) => ({ id: routeTableId, tags })),
    ...region.networkAcls.map(({ networkAclId, tags }) => ({ id: networkAclId, tags })),
    ...region.securityGroups.map(({ groupId, tags }) => ({ id: groupId, tags })),
  ]);
  const living = peerings.filter(
    ({ status, requester }) =>
      ['initiating-request', 'pending-acceptance', 'provisioning', 'active'].includes(status) &&
      owned(requester.tags),
  );
  return [
    ...resources.filter(({ tags }) => owned(tags)).map(({ id }) => id),
    ...living.map(({ vpcPeeringConnectionId }) => vpcPeeringConnectionId),
  ];
}
