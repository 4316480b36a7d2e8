"""AWS time: the machine's time plus an offset that a test can move."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """Runs like the machine's clock, shifted. The `Date` header of answers is not shifted: the SDK
    would take the difference for clock skew and sign with it."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """AWS time, aware, in UTC."""
        return datetime.now(timezone.utc) + self._offset

    def set(self, now: datetime) -> None:
        self._offset = now.astimezone(timezone.utc) - datetime.now(timezone.utc)

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        self._offset = timedelta(0)


def to_iso(moment: datetime) -> str:
    """`2026-01-01T00:00:00.000Z`, the form JavaScript writes."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """Reads ISO 8601 with a zone. ValueError when it is not that."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing")
    return moment
