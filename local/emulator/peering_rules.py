"""Who may do what to a peering connection, and when. A part of the EC2 backend of an account and region."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.utils import random_vpc_peering_connection_id

from .errors import Refusal
from .kinds import PEERING
from .peerings import LIVE, PENDING, Deed, Peering, Place, Side, Status
from .world import world


def vpc_blocks(vpc: Any) -> list[str]:
    """All IPv4 blocks of a VPC, the primary one first."""
    return [
        str(association["cidr_block"])
        for association in vpc.get_cidr_block_association_set(ipv6=False)
        if association["cidr_block_state"]["state"] == "associated"
    ]


def find_vpc(side: Side) -> Any | None:
    """The VPC of a side. Never makes an account or region that nobody has used."""
    if side.account not in list(ec2_backends) or side.region not in list(ec2_backends[side.account].keys()):
        return None
    return ec2_backends[side.account][side.region].vpcs.get(side.vpc_id)


def has_live_peering(side: Side) -> bool:
    """Whether a pending or active connection keeps this VPC from being deleted."""
    now = world.clock.now()
    return any(side in (p.requester, p.accepter) and _code(p, now) in LIVE for p in world.peerings.at(side.place))


def _code(peering: Peering, now: Any) -> str:
    status = peering.status(now)
    return status.code if status else ""


class PeeringRules:
    """Mixed into moto's EC2Backend; replaces its peering methods of the same names."""

    account_id: str
    region_name: str
    tags: dict[str, dict[str, str]]

    @property
    def place(self) -> Place:
        return (self.account_id, self.region_name)

    def peering_status(self, peering: Peering) -> Status | None:
        return peering.status(world.clock.now(), self.place)

    def visible_peerings(self) -> list[Peering]:
        return [peering for peering in world.peerings.at(self.place) if self.peering_status(peering)]

    def sees_peering(self, peering_id: str) -> bool:
        peering = world.peerings.find(peering_id)
        return peering is not None and self.peering_status(peering) is not None

    def get_vpc_peering_connection(self, vpc_pcx_id: str) -> Peering:
        peering = world.peerings.find(vpc_pcx_id)
        if peering is None or self.peering_status(peering) is None:
            raise PEERING.not_found(vpc_pcx_id)
        return peering

    def create_vpc_peering_connection(self, vpc: Any, peer_vpc: Any, tags: dict[str, str] | None = None) -> Peering:
        """moto's own signature, which its CloudFormation calls."""
        return self.request_peering(vpc, Side(peer_vpc.owner_id, peer_vpc.region, peer_vpc.id), tags or {})

    def request_peering(self, vpc: Any, accepter: Side, tags: dict[str, str]) -> Peering:
        requester = Side(self.account_id, self.region_name, vpc.id)
        existing = self._living_pair(requester, accepter)
        if existing is not None:
            return existing
        self._check_outstanding()
        peering = Peering(
            id=random_vpc_peering_connection_id(),
            requester=requester,
            accepter=accepter,
            created=self._deed("initiatingSeconds"),
            failed=_cannot_peer(vpc, find_vpc(accepter)),
        )
        world.peerings.add(peering)
        if tags:
            self.tags[peering.id].update(tags)
        return peering

    def accept_vpc_peering_connection(self, vpc_pcx_id: str) -> Peering:
        peering = self._for_accepter(vpc_pcx_id, "accept")
        for side in (peering.requester, peering.accepter):
            _check_active(side)
        peering.accepted = self._deed("provisioningSeconds")
        return peering

    def reject_vpc_peering_connection(self, vpc_pcx_id: str) -> Peering:
        peering = self._for_accepter(vpc_pcx_id, "reject")
        peering.rejected = self._deed(None)
        return peering

    def delete_vpc_peering_connection(self, vpc_pcx_id: str) -> Peering:
        peering = self.get_vpc_peering_connection(vpc_pcx_id)
        code = _code(peering, world.clock.now())
        if code not in LIVE:
            raise _bad_transition(peering, code, "deleting")
        if code in PENDING and peering.requester.place != self.place:
            raise Refusal("OperationNotPermitted", f"User {self.account_id} cannot delete peering {vpc_pcx_id}")
        peering.deleted = self._deed("deletingSeconds")
        return peering

    def set_peering_options(self, vpc_pcx_id: str, requester: dict[str, bool], accepter: dict[str, bool]) -> None:
        peering = self.get_vpc_peering_connection(vpc_pcx_id)
        status = self.peering_status(peering)
        if status is None or status.code != "active":
            raise Refusal(
                "OperationNotPermitted",
                f"Peering {vpc_pcx_id} is not active. Peering options can be added only to active peerings.",
            )
        wanted = ((requester, peering.requester, "requester"), (accepter, peering.accepter, "accepter"))
        for options, side, name in wanted:
            if options and side.place != self.place:
                raise Refusal(
                    "OperationNotPermitted",
                    f"User {self.account_id} in {self.region_name} cannot modify the {name} options of {vpc_pcx_id}",
                )
            if options.get("AllowDnsResolutionFromRemoteVpc"):
                both = world.settings.peering_dns_needs_both
                _check_dns([peering.requester, peering.accepter] if both else [side])
        peering.requester_options.update(requester)
        peering.accepter_options.update(accepter)

    def _deed(self, duration: str | None) -> Deed:
        now = world.clock.now()
        seconds = world.settings.seconds(duration) if duration else 0
        lag = timedelta(seconds=world.settings.seconds("propagationSeconds"))
        return Deed(now, now + timedelta(seconds=seconds), self.place, lag)

    def _living_pair(self, requester: Side, accepter: Side) -> Peering | None:
        now = world.clock.now()
        for peering in world.peerings.at(requester.place):
            if {peering.requester, peering.accepter} != {requester, accepter} or _code(peering, now) not in LIVE:
                continue
            if peering.failed:
                continue
            if peering.requester != requester:
                raise Refusal(
                    "VpcPeeringConnectionAlreadyExists",
                    f"A VPC peering connection between {requester.vpc_id} and {accepter.vpc_id} already exists",
                )
            return peering
        return None

    def _check_outstanding(self) -> None:
        now = world.clock.now()
        pending = [
            peering
            for peering in world.peerings.at(self.place)
            if peering.requester.place == self.place and _code(peering, now) in PENDING
        ]
        if len(pending) >= world.settings.quota("outstandingPeerings", *self.place):
            raise Refusal(
                "OutstandingVpcPeeringConnectionLimitExceeded",
                "You have reached the limit on outstanding VPC peering connection requests.",
            )

    def _for_accepter(self, peering_id: str, verb: str) -> Peering:
        peering = self.get_vpc_peering_connection(peering_id)
        if peering.accepter.account != self.account_id:
            raise Refusal("OperationNotPermitted", f"User {self.account_id} cannot {verb} peering {peering_id}")
        if peering.accepter.region != self.region_name:
            raise Refusal(
                "OperationNotPermitted",
                f"Incorrect region ({self.region_name}) specified for this request. VPC peering connection "
                f"{peering_id} must be {verb}ed in region {peering.accepter.region}",
            )
        code = _code(peering, world.clock.now())
        if code != "pending-acceptance":
            raise _bad_transition(peering, code, f"{verb}ed")
        return peering


def _cannot_peer(vpc: Any, peer: Any | None) -> bool:
    if peer is None:
        return True
    own = [ipaddress.IPv4Network(block, strict=False) for block in vpc_blocks(vpc)]
    theirs = [ipaddress.IPv4Network(block, strict=False) for block in vpc_blocks(peer)]
    return any(block.overlaps(other) for block in own for other in theirs)


def _check_active(side: Side) -> None:
    now = world.clock.now()
    active = [
        peering
        for peering in world.peerings.at(side.place)
        if side in (peering.requester, peering.accepter) and _code(peering, now) in ("provisioning", "active")
    ]
    if len(active) >= world.settings.quota("activePeeringsPerVpc", *side.place):
        raise Refusal(
            "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
            f"You have reached the limit on active VPC peering connections of {side.vpc_id}.",
        )


def _check_dns(sides: list[Side]) -> None:
    vpcs = [find_vpc(side) for side in sides]
    if any(vpc is not None and not (vpc.enable_dns_hostnames and vpc.enable_dns_support) for vpc in vpcs):
        # The message is AWS's explanation of the code; which VPC it is about AWS does not say.
        raise Refusal(
            "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
            "To enable DNS hostname resolution for the VPC peering connection, DNS hostname support must be enabled "
            "for the VPCs.",
        )


def _bad_transition(peering: Peering, code: str, target: str) -> Refusal:
    return Refusal(
        "InvalidStateTransition",
        f"Invalid state transition for {peering.id}, attempted to transition from {code} to {target}",
    )
