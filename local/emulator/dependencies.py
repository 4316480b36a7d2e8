"""What must be gone before something can be deleted, and what goes with it."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from .errors import Refusal
from .peering_rules import has_live_peering
from .peerings import Side


def in_use(noun: str, resource_id: str) -> Refusal:
    return Refusal("DependencyViolation", f"The {noun} '{resource_id}' has dependencies and cannot be deleted.")


class DeletionActions:
    """Mixed into moto's EC2Response; puts AWS's conditions before moto's deletions."""

    current_account: str
    region: str
    ec2_backend: Any
    _get_param: Any

    def delete_vpc(self) -> ActionResult:
        backend = self.ec2_backend
        vpc_id = self._get_param("VpcId")
        backend.get_vpc(vpc_id)
        tables = [table for table in backend.route_tables.values() if table.vpc_id == vpc_id]
        acls = [acl for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]
        groups = list(backend.groups.get(vpc_id, {}).values())
        if (
            any(subnet.vpc_id == vpc_id for subnet in _subnets(backend))
            or any(table.main_association_id is None for table in tables)
            or any(not acl.default for acl in acls)
            or any(not group.is_default for group in groups)
            or any(gateway.vpc is not None and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())
            or any(endpoint.vpc_id == vpc_id for endpoint in backend.vpc_end_points.values())
            or has_live_peering(Side(self.current_account, self.region, vpc_id))
        ):
            raise in_use("vpc", vpc_id)
        answer: ActionResult = super().delete_vpc()  # type: ignore[misc]
        for acl in acls:
            backend.network_acls.pop(acl.id, None)
        for resource in (*tables, *acls, *groups):
            backend.tags.pop(resource.id, None)
        backend.tags.pop(vpc_id, None)
        return answer

    def delete_subnet(self) -> ActionResult:
        backend = self.ec2_backend
        subnet_id = self._get_param("SubnetId")
        if any(interface.subnet.id == subnet_id for interface in backend.enis.values()):
            raise in_use("subnet", subnet_id)
        answer: ActionResult = super().delete_subnet()  # type: ignore[misc]
        for acl in backend.network_acls.values():
            acl._associations = {k: a for k, a in acl._associations.items() if a.subnet_id != subnet_id}
        for table in backend.route_tables.values():
            table._associations = {k: target for k, target in table._associations.items() if target != subnet_id}
        backend.tags.pop(subnet_id, None)
        return answer

    def delete_security_group(self) -> ActionResult:
        backend = self.ec2_backend
        group_id = self._get_param("GroupId")
        group = backend.get_security_group_from_id(group_id) if group_id else None
        if group is not None:
            if group.is_default:
                raise Refusal(
                    "CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
                )
            if _group_is_used(backend, group_id):
                raise Refusal("DependencyViolation", f"resource {group_id} has a dependent object")
        answer: ActionResult = super().delete_security_group()  # type: ignore[misc]
        backend.tags.pop(group_id, None)
        return answer

    def delete_route_table(self) -> ActionResult:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        if table.main_association_id is not None:
            raise in_use("routeTable", table.id)
        answer: ActionResult = super().delete_route_table()  # type: ignore[misc]
        self.ec2_backend.tags.pop(table.id, None)
        return answer

    def delete_network_acl(self) -> ActionResult:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        if acl.default:
            raise Refusal("InvalidParameterValue", f"cannot delete default network ACL {acl.id}")
        answer: ActionResult = super().delete_network_acl()  # type: ignore[misc]
        self.ec2_backend.tags.pop(acl.id, None)
        return answer

    def delete_network_interface(self) -> ActionResult:
        answer: ActionResult = super().delete_network_interface()  # type: ignore[misc]
        self.ec2_backend.tags.pop(self._get_param("NetworkInterfaceId"), None)
        return answer


def _subnets(backend: Any) -> list[Any]:
    return [subnet for subnets in backend.subnets.values() for subnet in subnets.values()]


def _group_is_used(backend: Any, group_id: str) -> bool:
    if any(group.id == group_id for interface in backend.enis.values() for group in interface.group_set):
        return True
    return any(
        rule.source_group.get("GroupId") == group_id
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in (*group.ingress_rules, *group.egress_rules)
    )
