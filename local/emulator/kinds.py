"""The kinds of resources that are looked after here: their ids and how AWS says that one is unknown.

Source of the codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .errors import Refusal


@dataclass(frozen=True)
class Kind:
    """`name` is the resource type of tag specifications; `prefix` starts its ids."""

    name: str
    prefix: str
    code: str
    """Stem of the error codes: `<code>.NotFound`."""
    malformed: str
    noun: str

    def not_found(self, resource_id: str) -> Refusal:
        return Refusal(f"{self.code}.NotFound", f"The {self.noun} '{resource_id}' does not exist")

    def well_formed(self, resource_id: str) -> bool:
        return re.fullmatch(rf"{self.prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", resource_id) is not None


VPC = Kind("vpc", "vpc", "InvalidVpcID", "InvalidVpcID.Malformed", "vpc ID")
SUBNET = Kind("subnet", "subnet", "InvalidSubnetID", "InvalidSubnetID.Malformed", "subnet ID")
ROUTE_TABLE = Kind("route-table", "rtb", "InvalidRouteTableID", "InvalidRouteTableId.Malformed", "routeTable ID")
NETWORK_ACL = Kind("network-acl", "acl", "InvalidNetworkAclID", "InvalidNetworkAclId.Malformed", "networkAcl ID")
SECURITY_GROUP = Kind("security-group", "sg", "InvalidGroup", "InvalidGroupId.Malformed", "security group")
PEERING = Kind(
    "vpc-peering-connection",
    "pcx",
    "InvalidVpcPeeringConnectionID",
    "InvalidVpcPeeringConnectionId.Malformed",
    "vpcPeeringConnection ID",
)
NETWORK_INTERFACE = Kind(
    "network-interface",
    "eni",
    "InvalidNetworkInterfaceID",
    "InvalidNetworkInterfaceId.Malformed",
    "networkInterface ID",
)

KINDS = (VPC, SUBNET, ROUTE_TABLE, NETWORK_ACL, SECURITY_GROUP, PEERING, NETWORK_INTERFACE)
KIND_BY_PREFIX = {kind.prefix: kind for kind in KINDS}
KIND_NAMES = tuple(kind.name for kind in KINDS)

KIND_BY_PARAMETER = {
    "VpcId": VPC,
    "SubnetId": SUBNET,
    "RouteTableId": ROUTE_TABLE,
    "NetworkAclId": NETWORK_ACL,
    "GroupId": SECURITY_GROUP,
    "VpcPeeringConnectionId": PEERING,
    "NetworkInterfaceId": NETWORK_INTERFACE,
}
"""Top-level request parameters that name a resource of the caller's own account and region."""


def kind_of(resource_id: str) -> Kind | None:
    return KIND_BY_PREFIX.get(resource_id.split("-", 1)[0])


def exists(backend: Any, kind: Kind, resource_id: str) -> bool:
    """Whether the account and region of `backend` have it (and, for a peering, see it)."""
    if kind is VPC:
        return resource_id in backend.vpcs
    if kind is SUBNET:
        return any(resource_id in subnets for subnets in backend.subnets.values())
    if kind is ROUTE_TABLE:
        return resource_id in backend.route_tables
    if kind is NETWORK_ACL:
        return resource_id in backend.network_acls
    if kind is SECURITY_GROUP:
        return any(resource_id in groups for groups in backend.groups.values())
    if kind is PEERING:
        return backend.sees_peering(resource_id)
    return resource_id in backend.enis
