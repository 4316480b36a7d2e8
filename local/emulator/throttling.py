"""Token buckets per account, region and action, off until settings name their size.

Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

import threading
import time

from .calls import is_read
from .errors import Refusal
from .settings import Settings

PEERING_ACTIONS = (
    "CreateVpcPeeringConnection",
    "AcceptVpcPeeringConnection",
    "RejectVpcPeeringConnection",
    "DeleteVpcPeeringConnection",
)


class Throttle:
    """Refuses with RequestLimitExceeded when an action's bucket is empty. Runs on real time, as callers do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def take(self, action: str, account: str, region: str) -> Refusal | None:
        size = self._size(action)
        if size is None:
            return None
        burst, refill = size
        key = (account, region, action)
        with self._lock:
            now = time.monotonic()
            tokens, filled_at = self._buckets.get(key, (burst, now))
            tokens = min(burst, tokens + (now - filled_at) * refill)
            taken = tokens >= 1
            self._buckets[key] = (tokens - 1 if taken else tokens, now)
        return None if taken else Refusal("RequestLimitExceeded", "Request limit exceeded.")

    def _size(self, action: str) -> tuple[float, float] | None:
        if is_read(action):
            return self._settings.bucket("describe")
        special = "peering" if action in PEERING_ACTIONS else "createTags" if action == "CreateTags" else "mutating"
        return self._settings.bucket(special) or self._settings.bucket("mutating")

    def reset(self) -> None:
        with self._lock:
            self._buckets.clear()
