"""The life of a VPC peering connection, as a function of AWS time and of who looks.

Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html (lifecycle)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

REQUEST_LIFE = timedelta(days=7)
SHORT_MEMORY = timedelta(hours=2)
LONG_MEMORY = timedelta(days=2)
FAILED_MESSAGE = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"

PENDING = ("initiating-request", "pending-acceptance")
LIVE = (*PENDING, "provisioning", "active")
"""States in which a pair of VPCs counts as taken."""

Place = tuple[str, str]
"""An account and a region."""


@dataclass(frozen=True)
class Side:
    account: str
    region: str
    vpc_id: str

    @property
    def place(self) -> Place:
        return (self.account, self.region)


@dataclass(frozen=True)
class Deed:
    """Something one side did. It is done at `until`; the other side learns of it `lag` later."""

    at: datetime
    until: datetime
    by: Place
    lag: timedelta

    def known_to(self, viewer: Place | None) -> timedelta:
        return timedelta(0) if viewer in (None, self.by) else self.lag


@dataclass(frozen=True)
class Status:
    code: str
    message: str


def _dns_options() -> dict[str, bool]:
    return {
        "AllowDnsResolutionFromRemoteVpc": False,
        "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
        "AllowEgressFromLocalVpcToRemoteClassicLink": False,
    }


@dataclass
class Peering:
    """One connection. `failed` was decided at creation: AWS checks overlap and the accepter then."""

    id: str
    requester: Side
    accepter: Side
    created: Deed
    failed: bool
    accepted: Deed | None = None
    rejected: Deed | None = None
    deleted: Deed | None = None
    requester_options: dict[str, bool] = field(default_factory=_dns_options)
    accepter_options: dict[str, bool] = field(default_factory=_dns_options)

    @property
    def expires_at(self) -> datetime:
        return self.created.at + REQUEST_LIFE

    @property
    def within_one_account(self) -> bool:
        return self.requester.account == self.accepter.account

    def sides_of(self, place: Place) -> list[Side]:
        return [side for side in (self.requester, self.accepter) if side.place == place]

    def status(self, now: datetime, viewer: Place | None = None) -> Status | None:
        """What `viewer` is shown, or None when nothing; without a viewer, what is so."""
        if viewer is not None and not self.sides_of(viewer):
            return None
        if viewer is not None and now < self.created.at + self.created.known_to(viewer):
            return None
        return self._ended(now, viewer) if self._has_ended(now, viewer) else self._living(now, viewer)

    def _has_ended(self, now: datetime, viewer: Place | None) -> bool:
        return (
            (self.failed and now >= self.created.until)
            or _known(self.deleted, now, viewer)
            or _known(self.rejected, now, viewer)
            or (not _known(self.accepted, now, viewer) and now >= self.expires_at)
        )

    def _living(self, now: datetime, viewer: Place | None) -> Status | None:
        accepted = self.accepted
        if accepted is not None and _known(accepted, now, viewer):
            if now < accepted.until + accepted.known_to(viewer):
                return Status("provisioning", "Provisioning")
            return Status("active", "Active")
        if now < self.created.until:
            if viewer not in (None, self.requester.place):
                return None
            return Status("initiating-request", f"Initiating Request to {self.accepter.account}")
        return Status("pending-acceptance", f"Pending Acceptance by {self.accepter.account}")

    def _ended(self, now: datetime, viewer: Place | None) -> Status | None:
        if self.failed:
            # The accepter named in a failed request may not exist, and is told nothing.
            shown = viewer in (None, self.requester.place) and _remembered(now, self.created.at, SHORT_MEMORY, viewer)
            return Status("failed", FAILED_MESSAGE) if shown else None
        if self.deleted is not None and _known(self.deleted, now, viewer):
            if now < self.deleted.until + self.deleted.known_to(viewer):
                return Status("deleting", "Deleting")
            own = self.within_one_account or (viewer is not None and viewer[0] == self.deleted.by[0])
            memory = SHORT_MEMORY if own else LONG_MEMORY
            shown = _remembered(now, self.deleted.at, memory, viewer)
            return Status("deleted", f"Deleted by {self.deleted.by[0]}") if shown else None
        if self.rejected is not None and _known(self.rejected, now, viewer):
            own = self.within_one_account or (viewer is not None and viewer == self.accepter.place)
            memory = SHORT_MEMORY if own else LONG_MEMORY
            shown = _remembered(now, self.rejected.at, memory, viewer)
            return Status("rejected", f"Rejected by {self.accepter.account}") if shown else None
        shown = _remembered(now, self.expires_at, LONG_MEMORY, viewer)
        return Status("expired", "Expired") if shown else None


def _known(deed: Deed | None, now: datetime, viewer: Place | None) -> bool:
    return deed is not None and now >= deed.at + deed.known_to(viewer)


def _remembered(now: datetime, since: datetime, memory: timedelta, viewer: Place | None) -> bool:
    return viewer is None or now < since + memory


class PeeringBook:
    """Every connection ever requested, by id and by the places that have a side of it."""

    def __init__(self) -> None:
        self._by_id: dict[str, Peering] = {}
        self._by_place: dict[Place, dict[str, Peering]] = {}

    def add(self, peering: Peering) -> None:
        self._by_id[peering.id] = peering
        for side in (peering.requester, peering.accepter):
            self._by_place.setdefault(side.place, {})[peering.id] = peering

    def find(self, peering_id: str) -> Peering | None:
        return self._by_id.get(peering_id)

    def at(self, place: Place) -> list[Peering]:
        return list(self._by_place.get(place, {}).values())

    def all(self) -> list[Peering]:
        return list(self._by_id.values())

    def clear(self) -> None:
        self._by_id.clear()
        self._by_place.clear()
