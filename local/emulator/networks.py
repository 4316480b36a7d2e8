"""VPCs, subnets and network interfaces: quota, canonical blocks, groups that must exist."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult

from .errors import Refusal
from .kinds import NETWORK_ACL, NETWORK_INTERFACE, SECURITY_GROUP, exists
from .world import world

BLOCK_PARAMETERS = ("CidrBlock", "DestinationCidrBlock")


def canonical_block(parameter: str, given: str) -> str:
    """AWS clears host bits (100.68.0.18/18 becomes 100.68.0.0/18); moto keeps what it is given."""
    try:
        return str(ipaddress.IPv4Network(given, strict=False))
    except ValueError as error:
        lower = parameter[0].lower() + parameter[1:]
        raise Refusal(
            "InvalidParameterValue",
            f"Value ({given}) for parameter {lower} is invalid. This is not a valid CIDR block.",
        ) from error


class NetworkRules:
    """Mixed into moto's EC2Backend."""

    def do_resources_exist(self, resource_ids: list[str]) -> bool:
        # moto takes any id of these two kinds for one that exists.
        for resource_id in resource_ids:
            for kind in (NETWORK_ACL, NETWORK_INTERFACE):
                if kind.well_formed(resource_id) and not exists(self, kind, resource_id):
                    raise kind.not_found(resource_id)
        return bool(super().do_resources_exist(resource_ids))  # type: ignore[misc]


class NetworkActions:
    """Mixed into moto's EC2Response."""

    current_account: str
    region: str
    ec2_backend: Any
    params: dict[str, Any]
    _get_param: Any

    def create_vpc(self) -> ActionResult:
        if len(self.ec2_backend.vpcs) >= world.settings.quota("vpcsPerRegion", self.current_account, self.region):
            raise Refusal("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
        return super().create_vpc()  # type: ignore[misc, no-any-return]

    def create_subnet(self) -> ActionResult:
        closed = world.settings.closed_zones
        if closed:
            self._keep_out_of(closed)
        return super().create_subnet()  # type: ignore[misc, no-any-return]

    def _keep_out_of(self, closed: list[str]) -> None:
        """Refuses a closed zone, by name or id; picks an open one where the call names none."""
        zones = self.ec2_backend.describe_availability_zones()
        is_open = [zone for zone in zones if zone.name not in closed and zone.zone_id not in closed]
        for parameter, names in (
            ("AvailabilityZone", [zone.name for zone in is_open]),
            ("AvailabilityZoneId", [zone.zone_id for zone in is_open]),
        ):
            asked = self._get_param(parameter)
            if asked and asked not in names:
                raise Refusal(
                    "InvalidParameterValue",
                    f"Value ({asked}) for parameter {parameter[0].lower()}{parameter[1:]} is invalid. Subnets can "
                    f"currently only be created in the following availability zones: {', '.join(names)}.",
                )
            if asked:
                return
        if is_open:
            self.params["AvailabilityZone"] = is_open[0].name

    def create_network_interface(self) -> ActionResult:
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        for group_id in self._get_param("Groups", []):
            group = self.ec2_backend.get_security_group_from_id(group_id)
            # moto makes up the groups that it does not know.
            if group is None:
                raise SECURITY_GROUP.not_found(group_id)
            if group.vpc_id != subnet.vpc_id:
                raise Refusal(
                    "InvalidParameter", "You have specified two resources that belong to different networks."
                )
        return super().create_network_interface()  # type: ignore[misc, no-any-return]
