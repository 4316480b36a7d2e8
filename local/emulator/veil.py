"""What fault rules keep one call from seeing: whole resources, or parts of a peering's description."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from .fault_rules import Fault


class Veil:
    """Made for one call. A rule is asked when there is something to hide, and once: a call counts once."""

    def __init__(self, faults: list[Fault], now: datetime) -> None:
        self._faults = faults
        self._now = now
        self._acting: dict[int, bool] = {}

    def hides(self, resource_id: str) -> bool:
        return any(
            fault.kind == "absent" and fault.covers(resource_id) and self._acts(fault) for fault in self._faults
        )

    def thin(self, resource_id: str, description: dict[str, Any]) -> dict[str, Any]:
        """The description without the fields that rules omit."""
        shown = description
        for fault in self._faults:
            if fault.kind != "omit" or not fault.covers(resource_id):
                continue
            present = [path for path in fault.rule["fields"] if _holder(shown, path) is not None]
            if present and self._acts(fault):
                shown = copy.deepcopy(shown)
                for path in present:
                    holder = _holder(shown, path)
                    if holder is not None:
                        del holder[path.rpartition(".")[2]]
        return shown

    def _acts(self, fault: Fault) -> bool:
        if id(fault) not in self._acting:
            self._acting[id(fault)] = fault.strikes(self._now)
        return self._acting[id(fault)]


def _holder(description: dict[str, Any], path: str) -> dict[str, Any] | None:
    """The part of the description that has the last name of the path, if any."""
    holder: Any = description
    *way, last = path.split(".")
    for name in way:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) and last in holder else None
