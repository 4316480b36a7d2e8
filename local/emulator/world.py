"""The one world of this process, as moto's own backends are: what they do not hold."""

from __future__ import annotations

import threading

from moto.core.base_backend import BackendDict, backend_lock
from moto.core.model_instances import reset_model_data

from .calls import CallLog
from .clock import Clock
from .faults import Faults
from .freshness import Freshness
from .peerings import PeeringBook
from .settings import Settings
from .throttling import Throttle


class World:
    """`lock` is held around every change and read of AWS state, moto's included."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.settings = Settings()
        self.calls = CallLog()
        self.faults = Faults()
        self.throttle = Throttle(self.settings)
        self.freshness = Freshness(self.clock, self.settings)
        self.peerings = PeeringBook()
        self.client_tokens: dict[tuple[str, str, str, str], tuple[str, str]] = {}
        """(account, region, action, token) to (what was asked, id of what was made)."""

    def reset(self) -> None:
        """Empties everything: accounts, clock, settings, faults, calls."""
        with self.lock:
            with backend_lock:
                for backends in BackendDict._instances:
                    backends.clear()
                BackendDict._instances.clear()
            reset_model_data()
            self.peerings.clear()
            self.client_tokens.clear()
            self.freshness.reset()
            self.throttle.reset()
            self.faults.clear()
            self.settings.reset()
            self.clock.reset()
            self.calls.clear()


world = World()
