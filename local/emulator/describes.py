"""Describe actions: what is not seen yet is left out, the rest comes in pages. And what is new is noted.

moto ignores MaxResults for all of these.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from moto.core.responses import ActionResult

from .errors import Refusal
from .kinds import NETWORK_ACL, NETWORK_INTERFACE, PEERING, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC, Kind
from .world import world

SMALLEST_PAGE = 5
LARGEST_PAGE = 1000
LARGEST_PAGE_OF_ROUTE_TABLES = 100


def _id_of(item: Any) -> str:
    return str(item["VpcPeeringConnectionId"] if isinstance(item, dict) else item.id)


class DescribeActions:
    """Mixed into moto's EC2Response, before everything that makes or lists resources."""

    form: dict[str, str]
    _get_param: Any

    def describe_vpcs(self) -> ActionResult:
        return self._seen("Vpcs", VPC, super().describe_vpcs())  # type: ignore[misc]

    def describe_subnets(self) -> ActionResult:
        return self._seen("Subnets", SUBNET, super().describe_subnets())  # type: ignore[misc]

    def describe_route_tables(self) -> ActionResult:
        return self._seen("RouteTables", ROUTE_TABLE, super().describe_route_tables())  # type: ignore[misc]

    def describe_network_acls(self) -> ActionResult:
        return self._seen("NetworkAcls", NETWORK_ACL, super().describe_network_acls())  # type: ignore[misc]

    def describe_security_groups(self) -> ActionResult:
        return self._seen("SecurityGroups", SECURITY_GROUP, super().describe_security_groups())  # type: ignore[misc]

    def describe_network_interfaces(self) -> ActionResult:
        answer = super().describe_network_interfaces()  # type: ignore[misc]
        return self._seen("NetworkInterfaces", NETWORK_INTERFACE, answer)

    def describe_vpc_peering_connections(self) -> ActionResult:
        answer = super().describe_vpc_peering_connections()  # type: ignore[misc]
        return self._seen("VpcPeeringConnections", PEERING, answer)

    def describe_security_group_rules(self) -> ActionResult:
        answer = super().describe_security_group_rules()  # type: ignore[misc]
        return self._page("SecurityGroupRules", answer.result["SecurityGroupRules"], False)

    def create_vpc(self) -> ActionResult:
        answer: ActionResult = super().create_vpc()  # type: ignore[misc]
        vpc = answer.result["Vpc"]  # type: ignore[index]
        world.freshness.created(VPC, vpc.id)
        backend = vpc.ec2_backend
        for kind, resources in (
            (ROUTE_TABLE, backend.route_tables.values()),
            (NETWORK_ACL, backend.network_acls.values()),
            (SECURITY_GROUP, backend.groups.get(vpc.id, {}).values()),
        ):
            # What comes with a VPC is as new as the VPC. The settings name few kinds, mostly none.
            if any(world.settings.visibility(kind.name)):
                for resource in resources:
                    if resource.vpc_id == vpc.id:
                        world.freshness.created(kind, resource.id)
        return answer

    def create_subnet(self) -> ActionResult:
        return self._new("Subnet", SUBNET, super().create_subnet())  # type: ignore[misc]

    def create_network_interface(self) -> ActionResult:
        return self._new("NetworkInterface", NETWORK_INTERFACE, super().create_network_interface())  # type: ignore[misc]

    def create_route_table(self) -> ActionResult:
        return self._new("RouteTable", ROUTE_TABLE, super().create_route_table())  # type: ignore[misc]

    def create_network_acl(self) -> ActionResult:
        return self._new("NetworkAcl", NETWORK_ACL, super().create_network_acl())  # type: ignore[misc]

    def create_vpc_peering_connection(self) -> ActionResult:
        answer = super().create_vpc_peering_connection()  # type: ignore[misc]
        return self._new("VpcPeeringConnection", PEERING, answer)

    def create_security_group(self) -> ActionResult:
        answer: ActionResult = super().create_security_group()  # type: ignore[misc]
        world.freshness.created(SECURITY_GROUP, answer.result["GroupId"])  # type: ignore[index]
        return answer

    def _new(self, key: str, kind: Kind, answer: ActionResult) -> ActionResult:
        world.freshness.created(kind, _id_of(answer.result[key]))  # type: ignore[index]
        return answer

    def _seen(self, key: str, kind: Kind, answer: ActionResult) -> ActionResult:
        items = answer.result[key]  # type: ignore[index]
        named = any(name.split(".")[0] in (f"{key[:-1]}Id", "GroupId") for name in self.form)
        # Ids that were named have been looked at before the action ran, and must not count twice.
        seen = items if named else [item for item in items if world.shows(_id_of(item))]
        largest = LARGEST_PAGE_OF_ROUTE_TABLES if kind is ROUTE_TABLE else LARGEST_PAGE
        return self._page(key, seen, named, largest)

    def _page(self, key: str, items: list[Any], named: bool, largest: int = LARGEST_PAGE) -> ActionResult:
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        if size is None and token is None:
            return ActionResult({key: items})
        if named:
            raise Refusal("InvalidParameterCombination", "The parameters for ids and maxResults cannot be used together.")
        page_size = largest if size is None else int(size)
        if not SMALLEST_PAGE <= page_size <= largest:
            raise Refusal(
                "InvalidParameterValue",
                f"Value ( {page_size} ) for parameter maxResults is invalid. "
                f"Expecting a value between {SMALLEST_PAGE} and {largest}.",
            )
        # Pages go by id, so that nothing is skipped or doubled when resources come and go in between.
        ordered = sorted(items, key=_id_of)
        if token:
            last = _last_id(token, key)
            ordered = [item for item in ordered if _id_of(item) > last]
        page = ordered[:page_size]
        result: dict[str, Any] = {key: page}
        if len(ordered) > page_size:
            result["NextToken"] = _token(_id_of(page[-1]), key)
        return ActionResult(result)


def _token(last_id: str, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, last_id]).encode()).decode()


def _last_id(token: str, key: str) -> str:
    try:
        of, last_id = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        of, last_id = None, ""
    if of != key:
        raise Refusal("InvalidNextToken", f"The token '{token}' is invalid")
    return str(last_id)
