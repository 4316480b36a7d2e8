"""Eventual consistency: a resource just created may not be seen for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import Clock
from .kinds import Kind
from .settings import Settings


@dataclass
class _Window:
    until: datetime
    describes_left: int


class Freshness:
    """Which resources are still unseen. A look that would have shown one uses up a describe call."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._windows: dict[str, _Window] = {}

    def created(self, kind: Kind, resource_id: str) -> None:
        seconds, describes = self._settings.visibility(kind.name)
        if seconds or describes:
            self._windows[resource_id] = _Window(self._clock.now() + timedelta(seconds=seconds), describes)

    def look(self, resource_id: str) -> bool:
        """Whether a call that names or lists the resource sees it."""
        window = self._windows.get(resource_id)
        if window is None:
            return True
        if window.describes_left > 0:
            window.describes_left -= 1
            return False
        if self._clock.now() < window.until:
            return False
        del self._windows[resource_id]
        return True

    def reset(self) -> None:
        self._windows.clear()
