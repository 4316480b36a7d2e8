import type { ResourceRole } from '../contract/tags.js';
import { SUBNET_ROLES } from './subnet.js';

/** Ids that AWS gave for a run, as far as the run came. Tags can be taken away; what is remembered is ours without them. */
export interface RememberedNetwork {
  vpcId: string | null;
  subnetIds: string[];
  routeTableId: string | null;
  networkAclId: string | null;
  securityGroupId: string | null;
  vpcPeeringConnectionId: string | null;
}

/** By id, the role that each of these is tagged with. */
export function rolesOf(remembered: RememberedNetwork): Map<string, ResourceRole> {
  const { vpcId, subnetIds, routeTableId, networkAclId, securityGroupId, vpcPeeringConnectionId } =
    remembered;
  const roles: [id: string | null, role: ResourceRole | undefined][] = [
    [vpcId, 'vpc'],
    ...subnetIds.map((id, index): [string, ResourceRole | undefined] => [id, SUBNET_ROLES[index]]),
    [routeTableId, 'default'],
    [networkAclId, 'network-acl'],
    [securityGroupId, 'security-group'],
    [vpcPeeringConnectionId, 'peering'],
  ];
  return new Map(
    roles.flatMap(([id, role]): [string, ResourceRole][] =>
      id === null || role === undefined ? [] : [[id, role]],
    ),
  );
}
