"""Faults on demand: the rules in force, and what they do to a call."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .clock import Clock
from .errors import Refusal
from .fault_rules import Fault, checked
from .veil import Veil


@dataclass(frozen=True)
class Strike:
    """What the rules do to one call: wait, then refuse, or carry on and perhaps never answer.

    `hang` None, or what becomes of a call that is left waiting: `none`, `at-once` or `late`.
    """

    wait_seconds: float
    refusal: Refusal | None = None
    lose_reply: bool = False
    hang: str | None = None
    veil: Veil | None = None


class Faults:
    """The rules in the order they were added. Delays add up; the first error, lost reply or hanging call wins."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: dict[str, Fault] = {}

    def add(self, rule: Any) -> str:
        fault = checked(rule)
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

    def strike(self, call: Call) -> Strike:
        wait_seconds = 0.0
        veiling: list[Fault] = []
        now = self._clock.now()
        with self._lock:
            for fault in self._faults.values():
                if not fault.fits(call):
                    continue
                if fault.veils:
                    veiling.append(fault)
                    continue
                if not fault.strikes(now):
                    continue
                wait_seconds += fault.latency_seconds
                if fault.kind == "error":
                    return Strike(wait_seconds, refusal=fault.refusal())
                if fault.kind != "latency":
                    veil = Veil(veiling, now) if veiling else None
                    hang = str(fault.rule.get("effect", "none")) if fault.kind == "hang" else None
                    return Strike(wait_seconds, lose_reply=fault.kind == "lost-reply", hang=hang, veil=veil)
        return Strike(wait_seconds, veil=Veil(veiling, now) if veiling else None)
