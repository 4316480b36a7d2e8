"""The log of the calls that reached the emulator."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 20_000
READS = ("Describe", "Get", "List", "Search", "Simulate")


def is_read(action: str) -> bool:
    """Whether an action changes nothing."""
    return action.startswith(READS)


@dataclass
class Call:
    """One call. `role` and `session` are those of the caller, or those that AssumeRole asks for; empty for
    static keys. `effect` says that it changed something; `outcome` is `ok`, an error code, `lost-reply` or `hang`."""

    at: str
    account: str
    region: str
    service: str
    action: str
    role: str = ""
    session: str = ""
    request_id: str = ""
    effect: bool = False
    outcome: str = "ok"
    params: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "account": self.account,
            "region": self.region,
            "service": self.service,
            "action": self.action,
            "role": self.role,
            "session": self.session,
            "requestId": self.request_id,
            "effect": self.effect,
            "outcome": self.outcome,
            "params": self.params,
        }


class CallLog:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        self._calls.append(call)

    def matching(self, action: str | None, account: str | None) -> list[dict[str, Any]]:
        return [
            call.to_json()
            for call in list(self._calls)
            if action in (None, call.action) and account in (None, call.account)
        ]

    def clear(self) -> None:
        self._calls.clear()
