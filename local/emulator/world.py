"""The one world of this process, as moto's own backends are: what they do not hold."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from moto.core.base_backend import BackendDict, backend_lock
from moto.core.model_instances import reset_model_data

from .calls import CallLog
from .clock import Clock
from .faults import Faults
from .freshness import Freshness
from .peerings import PeeringBook
from .settings import Settings
from .throttling import Throttle
from .veil import Veil


@dataclass(frozen=True)
class Session:
    """A session of an assumed role: `role` is the role's name, `name` that of the session."""

    account: str
    role: str
    name: str

    @classmethod
    def asked_for(cls, role_arn: str, name: str) -> Session:
        """From `arn:aws:iam::ACCOUNT:role/PATH/NAME`; the parts that such an ARN lacks are empty."""
        _, _, resource = role_arn.rpartition(":role/")
        return cls((role_arn.split(":") + [""] * 5)[4], resource.rpartition("/")[2], name)


class World:
    """`lock` is held around every change and read of AWS state, moto's included."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.settings = Settings()
        self.calls = CallLog()
        self.faults = Faults(self.clock)
        self.throttle = Throttle(self.settings)
        self.freshness = Freshness(self.clock, self.settings)
        self.peerings = PeeringBook()
        self.client_tokens: dict[tuple[str, str, str, str], tuple[str, str]] = {}
        """(account, region, action, token) to (what was asked, id of what was made)."""
        self.sessions: dict[str, Session] = {}
        """By access key id."""
        self.veil: Veil | None = None
        """What rules hide from the call that holds the lock."""
        self.over = threading.Event()
        """Set when this world ends: a call that waits must not act on the next one."""

    def shows(self, resource_id: str) -> bool:
        """Whether the call that holds the lock sees a resource that it names or lists."""
        return not (self.veil is not None and self.veil.hides(resource_id)) and self.freshness.look(resource_id)

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
            self.sessions.clear()
            self.over.set()
            self.over = threading.Event()
            self.freshness.reset()
            self.throttle.reset()
            self.faults.clear()
            self.settings.reset()
            self.clock.reset()
            self.calls.clear()


world = World()
