"""Routes: what they may point to, and what becomes of them when their peering is gone."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.route_tables import Route

from .errors import Refusal
from .peering_rules import vpc_blocks
from .peerings import PENDING, Peering
from .world import world


def route_state(route: Route) -> str:
    """Takes the place of moto's `Route.state`: a peering that is not active is a black hole."""
    if not isinstance(route.vpc_pcx, Peering):
        return "active"
    status = route.route_table.ec2_backend.peering_status(route.vpc_pcx)
    return "active" if status is not None and status.code == "active" else "blackhole"


def _is_of_endpoint(route: Route) -> bool:
    """Whether a gateway endpoint put it there: only the endpoint takes it away."""
    return (route.gateway_id or "").startswith("vpce-")


class RouteRules:
    """Mixed into moto's EC2Backend: checks before a route to a peering is made or replaced."""

    account_id: str
    region_name: str

    def create_route(self, route_table_id: str, destination_cidr_block: str | None, *args: Any, **kwargs: Any) -> Route:
        # moto makes the local routes through this method too.
        local = kwargs.get("local", False) or (len(args) > 2 and args[2])
        if not local:
            table = self.get_route_table(route_table_id)  # type: ignore[attr-defined]
            self._check_local(table, destination_cidr_block, bool(kwargs.get("interface_id")))
            self._check_room(table)
            self._check_target(table, kwargs.get("vpc_peering_connection_id"))
        return super().create_route(route_table_id, destination_cidr_block, *args, **kwargs)  # type: ignore[misc]

    def replace_route(self, route_table_id: str, *args: Any, **kwargs: Any) -> Route:
        table = self.get_route_table(route_table_id)  # type: ignore[attr-defined]
        self._check_target(table, kwargs.get("vpc_peering_connection_id"))
        return super().replace_route(route_table_id, *args, **kwargs)  # type: ignore[misc]

    def _check_local(self, table: Any, destination: str | None, to_interface: bool) -> None:
        if not destination or to_interface:
            return
        wanted = ipaddress.IPv4Network(destination, strict=False)
        for block in vpc_blocks(self.get_vpc(table.vpc_id)):  # type: ignore[attr-defined]
            own = ipaddress.IPv4Network(block, strict=False)
            if wanted == own:
                raise Refusal("RouteAlreadyExists", f"The route identified by {destination} already exists.")
            if wanted.subnet_of(own):
                raise Refusal(
                    "InvalidParameterValue",
                    f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's "
                    "CIDR blocks. This route can target only an interface or an instance.",
                )

    def _check_room(self, table: Any) -> None:
        made = [route for route in table.routes if not route.local]
        if len(made) >= world.settings.quota("routesPerTable", self.account_id, self.region_name):
            raise Refusal("RouteLimitExceeded", f"You've reached the limit on the number of routes of {table.id}.")

    def _check_target(self, table: Any, peering_id: str | None) -> None:
        if not peering_id:
            return
        peering = self.get_vpc_peering_connection(peering_id)  # type: ignore[attr-defined]
        own = [side.vpc_id for side in peering.sides_of((self.account_id, self.region_name))]
        if table.vpc_id not in own:
            raise Refusal(
                "InvalidParameterValue",
                f"route table {table.id} and VPC peering connection {peering_id} belong to different networks",
            )
        # A route may be made while the request waits; it is a black hole until the peering is active.
        code = self.peering_status(peering).code  # type: ignore[attr-defined]
        if code not in (*PENDING, "provisioning", "active"):
            raise Refusal(
                "InvalidStateTransition",
                f"VPC peering connection {peering_id} is in the state {code} and cannot be the target of a route",
            )


class RouteActions:
    """Mixed into moto's EC2Response."""

    ec2_backend: Any
    _get_param: Any

    def delete_route(self) -> ActionResult:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        destination = self._get_param("DestinationCidrBlock")
        if any(route.local and route.destination_cidr_block == destination for route in table.routes):
            raise Refusal("InvalidParameterValue", f"cannot remove local route {destination} in route table {table.id}")
        prefix_list = self._get_param("DestinationPrefixListId")
        if any(_is_of_endpoint(route) and route.destination_prefix_list_id == prefix_list for route in table.routes):
            raise Refusal(
                "InvalidParameterValue", f"cannot remove VPC endpoint route {prefix_list} in route table {table.id}"
            )
        return super().delete_route()  # type: ignore[misc, no-any-return]

    def associate_route_table(self) -> ActionResult:
        subnet_id = self._get_param("SubnetId")
        wanted = self._get_param("RouteTableId")
        for table in self.ec2_backend.route_tables.values():
            if table.id != wanted and subnet_id in table._associations.values():
                raise Refusal(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {wanted} conflicts with an existing association",
                )
        return super().associate_route_table()  # type: ignore[misc, no-any-return]
