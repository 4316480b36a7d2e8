"""One fault rule: which calls it fits, how often and for how long it acts, what it then does."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .calls import Call
from .errors import Refusal
from .filters import matches

FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "action": (str,),
    "account": (str,),
    "region": (str,),
    "role": (str,),
    "session": (str,),
    "resource": (str,),
    "skip": (int,),
    "times": (int,),
    "seconds": (int, float),
    "probability": (int, float),
    "seed": (int,),
    "kind": (str,),
    "code": (str,),
    "status": (int,),
    "message": (str,),
    "body": (str,),
    "latencyMs": (int, float),
    "effect": (str,),
    "fields": (list,),
}
FAULT_KINDS = ("error", "lost-reply", "latency", "hang", "absent", "omit")
VEILING_KINDS = ("absent", "omit")
"""Kinds that act on what a call is shown, not on the call."""
EFFECTS = ("none", "at-once", "late")
PATTERNS = ("role", "session")


class FaultError(ValueError):
    """Says what was expected and what was given."""


@dataclass
class Fault:
    """A rule. `times` None means for ever; `matched` counts the calls it fits, `hits` those it acted on."""

    rule: dict[str, Any]
    times: int | None
    matched: int = 0
    hits: int = 0
    first_hit: datetime | None = None
    dice: random.Random = field(default_factory=random.Random)

    @property
    def kind(self) -> str:
        return str(self.rule["kind"])

    @property
    def veils(self) -> bool:
        return self.kind in VEILING_KINDS

    @property
    def latency_seconds(self) -> float:
        return float(self.rule.get("latencyMs", 0)) / 1000

    def fits(self, call: Call) -> bool:
        rule = self.rule
        if rule["action"] not in ("*", call.action):
            return False
        if rule.get("account") not in (None, call.account) or rule.get("region") not in (None, call.region):
            return False
        if any(name in rule and not matches(rule[name], getattr(call, name)) for name in PATTERNS):
            return False
        return self.veils or "resource" not in rule or matches(rule["resource"], call.params.values())

    def covers(self, resource_id: str) -> bool:
        """Whether a rule that veils is about this resource."""
        return matches(self.rule["resource"], resource_id)

    def strikes(self, now: datetime) -> bool:
        """Counts a call that fits and says whether the rule acts on it."""
        self.matched += 1
        if self.matched <= self.rule.get("skip", 0):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        seconds = self.rule.get("seconds")
        if seconds is not None and self.first_hit is not None and now >= self.first_hit + timedelta(seconds=seconds):
            return False
        if self.dice.random() >= self.rule.get("probability", 1):
            return False
        self.hits += 1
        self.first_hit = self.first_hit or now
        return True

    def refusal(self) -> Refusal:
        code = str(self.rule.get("code", "InternalError"))
        message = str(self.rule.get("message", f"{code}, by a fault rule of the emulator."))
        return Refusal(code, message, self.rule.get("status"), self.rule.get("body"))

    def to_json(self) -> dict[str, Any]:
        return {**self.rule, "times": self.times, "matched": self.matched, "hits": self.hits}


def checked(rule: Any) -> Fault:
    if not isinstance(rule, dict):
        raise FaultError(f"expected a rule object, got {rule!r}")
    given = {name: value for name, value in rule.items() if value is not None}
    for name, value in given.items():
        _check_field(name, value)
    if not given.get("action"):
        raise FaultError("action: expected the name of an action such as CreateVpc, or *")
    if given.get("kind") not in FAULT_KINDS:
        raise FaultError(f"kind: expected one of {', '.join(FAULT_KINDS)}, got {given.get('kind')!r}")
    if given["kind"] in ("latency", "hang") and "latencyMs" not in given:
        raise FaultError(f"latencyMs: expected milliseconds, as the kind is {given['kind']}")
    if given["kind"] in VEILING_KINDS and "resource" not in given:
        raise FaultError(f"resource: expected an id such as vpc-*, as the kind is {given['kind']}")
    if given["kind"] == "omit" and "fields" not in given:
        raise FaultError("fields: expected names such as AccepterVpcInfo.CidrBlockSet, as the kind is omit")
    # An absent `times` means once, or as long as `seconds` says; only an explicit null means for ever.
    times = given.get("times") if "times" in rule or "seconds" in given else 1
    return Fault(given, times, dice=random.Random(given.get("seed")))


def _check_field(name: str, value: Any) -> None:
    if name not in FIELDS:
        raise FaultError(f"expected fields out of {', '.join(FIELDS)}, got '{name}'")
    if isinstance(value, bool) or not isinstance(value, FIELDS[name]):
        raise FaultError(f"{name}: expected {' or '.join(t.__name__ for t in FIELDS[name])}, got {value!r}")
    if isinstance(value, (int, float)) and name != "seed" and value < 0:
        raise FaultError(f"{name}: expected at least 0, got {value!r}")
    if name == "probability" and value > 1:
        raise FaultError(f"probability: expected 0 to 1, got {value!r}")
    if name == "status" and not 400 <= value <= 599:
        raise FaultError(f"status: expected 400 to 599, got {value!r}")
    if name == "effect" and value not in EFFECTS:
        raise FaultError(f"effect: expected one of {', '.join(EFFECTS)}, got {value!r}")
    if name == "fields" and not (value and all(isinstance(path, str) and path for path in value)):
        raise FaultError(f"fields: expected names such as AccepterVpcInfo.CidrBlockSet, got {value!r}")
