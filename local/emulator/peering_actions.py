"""The peering actions of EC2: what is asked, and how a connection is shown to each side."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.utilities.utils import get_partition

from .errors import Refusal
from .filters import matches_all
from .kinds import VPC
from .peering_rules import find_vpc, vpc_blocks
from .peerings import PENDING, Peering, Side, Status
from .world import world


class PeeringActions:
    """Mixed into moto's EC2Response; replaces its peering actions."""

    current_account: str
    region: str
    ec2_backend: Any
    _get_param: Any
    _filters_from_querystring: Any
    _parse_tag_specification: Any

    def create_vpc_peering_connection(self) -> ActionResult:
        vpc = self.ec2_backend.get_vpc(self._get_param("VpcId"))
        known = {peering.id for peering in world.peerings.at(self.ec2_backend.place)}
        tags = self._parse_tag_specification().get("vpc-peering-connection", {})
        peering = self.ec2_backend.request_peering(vpc, self._accepter(), tags)
        # AWS answers before it has looked at the accepter, also where it will find nothing to ask.
        asked = Status("initiating-request", f"Initiating Request to {peering.accepter.account}")
        return ActionResult({"VpcPeeringConnection": self._shown(peering, None if peering.id in known else asked)})

    def accept_vpc_peering_connection(self) -> ActionResult:
        peering = self.ec2_backend.accept_vpc_peering_connection(self._get_param("VpcPeeringConnectionId"))
        return ActionResult({"VpcPeeringConnection": self._shown(peering, Status("provisioning", "Provisioning"))})

    def reject_vpc_peering_connection(self) -> ActionResult:
        self.ec2_backend.reject_vpc_peering_connection(self._get_param("VpcPeeringConnectionId"))
        return ActionResult({"Return": True})

    def delete_vpc_peering_connection(self) -> ActionResult:
        self.ec2_backend.delete_vpc_peering_connection(self._get_param("VpcPeeringConnectionId"))
        return ActionResult({"Return": True})

    def modify_vpc_peering_connection_options(self) -> ActionResult:
        requester = dict(self._get_param("RequesterPeeringConnectionOptions", {}))
        accepter = dict(self._get_param("AccepterPeeringConnectionOptions", {}))
        self.ec2_backend.set_peering_options(self._get_param("VpcPeeringConnectionId"), requester, accepter)
        answer: dict[str, Any] = {}
        if requester:
            answer["RequesterPeeringConnectionOptions"] = requester
        if accepter:
            answer["AccepterPeeringConnectionOptions"] = accepter
        return ActionResult(answer)

    def describe_vpc_peering_connections(self) -> ActionResult:
        wanted = self._get_param("VpcPeeringConnectionIds", [])
        filters = self._filters_from_querystring()
        shown = []
        for peering in self.ec2_backend.visible_peerings():
            if wanted and peering.id not in wanted:
                continue
            description = self._shown(peering, None)
            if matches_all(filters, _filter_values(description), self._tags(peering)):
                shown.append(world.veil.thin(peering.id, description) if world.veil else description)
        return ActionResult({"VpcPeeringConnections": shown})

    def _accepter(self) -> Side:
        account = self._get_param("PeerOwnerId") or self.current_account
        region = self._get_param("PeerRegion") or self.region
        vpc_id = self._get_param("PeerVpcId")
        if not vpc_id:
            raise Refusal("MissingParameter", "The request must contain the parameter peerVpcId")
        if not VPC.well_formed(vpc_id):
            raise Refusal(VPC.malformed, f'Invalid id: "{vpc_id}" (expecting "vpc-...")')
        if not re.fullmatch(r"\d{12}", account):
            raise Refusal("InvalidParameterValue", f"Value ({account}) for parameter peerOwnerId is invalid.")
        if region not in ec2_backends[self.current_account].regions or get_partition(region) != get_partition(self.region):
            raise Refusal("InvalidParameterValue", f"Value ({region}) for parameter peerRegion is invalid.")
        return Side(account, region, vpc_id)

    def _tags(self, peering: Peering) -> dict[str, str]:
        return dict(self.ec2_backend.tags.get(peering.id, {}))

    def _shown(self, peering: Peering, status: Status | None) -> dict[str, Any]:
        shown = status or self.ec2_backend.peering_status(peering) or Status("", "")
        active = shown.code == "active"
        description: dict[str, Any] = {
            "VpcPeeringConnectionId": peering.id,
            "Status": {"Code": shown.code, "Message": shown.message},
            # AWS shows the accepter's blocks only while the connection is active.
            "RequesterVpcInfo": _vpc_info(peering.requester, True, peering.requester_options if active else None),
            "AccepterVpcInfo": _vpc_info(peering.accepter, active, peering.accepter_options if active else None),
            "Tags": [{"Key": key, "Value": value} for key, value in self._tags(peering).items()],
        }
        if shown.code in (*PENDING, "expired"):
            description["ExpirationTime"] = peering.expires_at
        return description


def _vpc_info(side: Side, with_blocks: bool, options: dict[str, bool] | None) -> dict[str, Any]:
    info: dict[str, Any] = {"OwnerId": side.account, "VpcId": side.vpc_id, "Region": side.region}
    vpc = find_vpc(side) if with_blocks else None
    if vpc is not None:
        info["CidrBlock"] = vpc.cidr_block
        info["CidrBlockSet"] = [{"CidrBlock": block} for block in vpc_blocks(vpc)]
    if options is not None:
        info["PeeringOptions"] = options
    return info


def _filter_values(description: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "vpc-peering-connection-id": description["VpcPeeringConnectionId"],
        "status-code": description["Status"]["Code"],
        "status-message": description["Status"]["Message"],
        "expiration-time": description.get("ExpirationTime"),
    }
    for name, key in (("requester-vpc-info", "RequesterVpcInfo"), ("accepter-vpc-info", "AccepterVpcInfo")):
        info = description[key]
        values[f"{name}.owner-id"] = info["OwnerId"]
        values[f"{name}.vpc-id"] = info["VpcId"]
        values[f"{name}.cidr-block"] = [block["CidrBlock"] for block in info.get("CidrBlockSet", [])]
    return values
