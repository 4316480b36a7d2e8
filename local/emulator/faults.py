"""Faults on demand: an error before any effect, a reply that is lost after it, or delay."""

from __future__ import annotations

import itertools
import random
import threading
from dataclasses import dataclass, field
from typing import Any

from .errors import Refusal

FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "action": (str,),
    "account": (str,),
    "region": (str,),
    "skip": (int,),
    "times": (int,),
    "probability": (int, float),
    "seed": (int,),
    "kind": (str,),
    "code": (str,),
    "status": (int,),
    "message": (str,),
    "latencyMs": (int, float),
}
FAULT_KINDS = ("error", "lost-reply", "latency")


class FaultError(ValueError):
    """Says what was expected and what was given."""


@dataclass
class Fault:
    """A rule. `times` None means for ever; `matched` counts the calls it fits, `hits` those it acted on."""

    rule: dict[str, Any]
    times: int | None
    matched: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)

    @property
    def kind(self) -> str:
        return str(self.rule["kind"])

    @property
    def latency_seconds(self) -> float:
        return float(self.rule.get("latencyMs", 0)) / 1000

    def fits(self, action: str, account: str, region: str) -> bool:
        return (
            self.rule["action"] in ("*", action)
            and self.rule.get("account") in (None, account)
            and self.rule.get("region") in (None, region)
        )

    def strikes(self) -> bool:
        """Counts a call that fits and says whether the rule acts on it."""
        self.matched += 1
        if self.matched <= self.rule.get("skip", 0):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.dice.random() >= self.rule.get("probability", 1):
            return False
        self.hits += 1
        return True

    def refusal(self) -> Refusal:
        code = str(self.rule.get("code", "InternalError"))
        message = str(self.rule.get("message", f"{code}, by a fault rule of the emulator."))
        return Refusal(code, message, self.rule.get("status"))

    def to_json(self) -> dict[str, Any]:
        return {**self.rule, "times": self.times, "matched": self.matched, "hits": self.hits}


@dataclass(frozen=True)
class Strike:
    """What the rules do to one call: wait, then refuse, or carry on and perhaps lose the reply."""

    wait_seconds: float
    refusal: Refusal | None
    lose_reply: bool


class Faults:
    """The rules in the order they were added. Delays add up; the first error or lost reply wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: dict[str, Fault] = {}

    def add(self, rule: Any) -> str:
        fault = _checked(rule)
        with self._lock:
            fault_id = str(fault.rule.setdefault("id", f"fault-{next(self._numbers)}"))
            self._faults[fault_id] = fault
        return fault_id

    def to_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.to_json() for fault in self._faults.values()]

    def remove(self, fault_id: str) -> bool:
        with self._lock:
            return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, action: str, account: str, region: str) -> Strike:
        wait_seconds = 0.0
        with self._lock:
            for fault in self._faults.values():
                if not fault.fits(action, account, region) or not fault.strikes():
                    continue
                wait_seconds += fault.latency_seconds
                if fault.kind == "error":
                    return Strike(wait_seconds, fault.refusal(), False)
                if fault.kind == "lost-reply":
                    return Strike(wait_seconds, None, True)
        return Strike(wait_seconds, None, False)


def _checked(rule: Any) -> Fault:
    if not isinstance(rule, dict):
        raise FaultError(f"expected a rule object, got {rule!r}")
    given = {name: value for name, value in rule.items() if value is not None}
    for name, value in given.items():
        if name not in FIELDS:
            raise FaultError(f"expected fields out of {', '.join(FIELDS)}, got '{name}'")
        if isinstance(value, bool) or not isinstance(value, FIELDS[name]):
            raise FaultError(f"{name}: expected {' or '.join(t.__name__ for t in FIELDS[name])}, got {value!r}")
        if isinstance(value, (int, float)) and name != "seed" and value < 0:
            raise FaultError(f"{name}: expected at least 0, got {value!r}")
    if not given.get("action"):
        raise FaultError("action: expected the name of an action such as CreateVpc, or *")
    if given.get("kind") not in FAULT_KINDS:
        raise FaultError(f"kind: expected one of {', '.join(FAULT_KINDS)}, got {given.get('kind')!r}")
    if given["kind"] == "latency" and "latencyMs" not in given:
        raise FaultError("latencyMs: expected milliseconds, as the kind is latency")
    if given.get("probability", 1) > 1:
        raise FaultError(f"probability: expected 0 to 1, got {given['probability']!r}")
    # An absent `times` means once; only an explicit null means for ever.
    times = given.get("times") if "times" in rule else 1
    return Fault(given, times, dice=random.Random(given.get("seed")))
