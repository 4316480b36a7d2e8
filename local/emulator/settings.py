"""What a test can set: delays, quotas, throttling. Unknown names and wrong types are refused."""

from __future__ import annotations

import copy
from typing import Any

from .kinds import KIND_NAMES

DEFAULT_QUOTAS: dict[str, int] = {
    # AWS starts with 5. Tests that are not about quotas should not meet this one.
    "vpcsPerRegion": 500,
    "outstandingPeerings": 25,
    "activePeeringsPerVpc": 50,
    "routesPerTable": 500,
    "naclRulesPerDirection": 20,
    "securityGroupRulesPerDirection": 60,
}

SECONDS = ("provisioningSeconds", "initiatingSeconds", "deletingSeconds", "propagationSeconds")
DNS_NEEDS = ("own", "both")
BUCKETS = ("describe", "mutating", "peering", "createTags")

DEFAULTS: dict[str, Any] = {
    **{name: 0 for name in SECONDS},
    "visibility": {},
    "quotas": DEFAULT_QUOTAS,
    "quotaOverrides": {},
    "throttling": {},
    "peeringDnsNeeds": "own",
    "closedZones": [],
}


class SettingsError(ValueError):
    """Says what was expected and what was given."""


class Settings:
    """Starts at `DEFAULTS`; `merge` changes only what is named."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = copy.deepcopy(DEFAULTS)

    def reset(self) -> None:
        self.values = copy.deepcopy(DEFAULTS)

    def seconds(self, name: str) -> float:
        return float(self.values[name])

    def quota(self, name: str, account: str, region: str) -> int:
        """The value for that account and region: the closest override, else the common one."""
        for key in (f"{account}/{region}", f"{account}/*", f"*/{region}"):
            override = self.values["quotaOverrides"].get(key, {})
            if name in override:
                return int(override[name])
        return int(self.values["quotas"][name])

    @property
    def peering_dns_needs_both(self) -> bool:
        return bool(self.values["peeringDnsNeeds"] == "both")

    @property
    def closed_zones(self) -> list[str]:
        """Names or ids of availability zones in which no subnet can be made."""
        return list(self.values["closedZones"])

    def bucket(self, name: str) -> tuple[float, float] | None:
        """Burst and refill a second of a token bucket, or None when it does not throttle."""
        bucket = self.values["throttling"].get(name)
        return (float(bucket["burst"]), float(bucket["refill"])) if bucket else None

    def visibility(self, kind: str) -> tuple[float, int]:
        """Seconds and describe calls for which a fresh resource of that kind stays unseen."""
        entry = self.values["visibility"].get(kind, {})
        return float(entry.get("seconds", 0)), int(entry.get("describes", 0))

    def merge(self, patch: Any) -> None:
        """Checks the whole patch, then applies it. None for a visibility kind, an override, a bucket
        or all of `throttling` removes it."""
        checked = copy.deepcopy(self.values)
        for name, value in _object(patch, "settings").items():
            if name in SECONDS:
                checked[name] = _number(value, name)
            elif name == "peeringDnsNeeds":
                checked[name] = _one_of(value, name, DNS_NEEDS)
            elif name == "closedZones":
                checked[name] = _texts(value, name)
            elif name == "quotas":
                checked[name].update(_quotas(value, name))
            elif name == "quotaOverrides":
                _merge_named(checked[name], value, name, _quotas)
            elif name == "visibility":
                _merge_named(checked[name], value, name, _window)
            elif name == "throttling":
                if value is None:
                    checked[name] = {}
                else:
                    _merge_named(checked[name], value, name, _bucket)
            else:
                raise SettingsError(f"expected one of {', '.join(DEFAULTS)}, got '{name}'")
        self.values = checked


def _merge_named(target: dict[str, Any], patch: Any, path: str, check: Any) -> None:
    for name, value in _object(patch, path).items():
        if path == "visibility" and name not in KIND_NAMES:
            raise SettingsError(f"visibility: expected one of {', '.join(KIND_NAMES)}, got '{name}'")
        if path == "throttling" and name not in BUCKETS:
            raise SettingsError(f"throttling: expected one of {', '.join(BUCKETS)}, got '{name}'")
        if value is None:
            target.pop(name, None)
        else:
            target[name] = check(value, f"{path}.{name}")


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: expected an object, got {value!r}")
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise SettingsError(f"{path}: expected a number of at least 0, got {value!r}")
    return value


def _one_of(value: Any, path: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SettingsError(f"{path}: expected one of {', '.join(choices)}, got {value!r}")
    return str(value)


def _texts(value: Any, path: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{path}: expected a list of texts, got {value!r}")
    return list(value)


def _quotas(value: Any, path: str) -> dict[str, int]:
    quotas = _object(value, path)
    for name, number in quotas.items():
        if name not in DEFAULT_QUOTAS:
            raise SettingsError(f"{path}: expected one of {', '.join(DEFAULT_QUOTAS)}, got '{name}'")
        _number(number, f"{path}.{name}")
    return quotas


def _exactly(value: Any, path: str, names: tuple[str, ...]) -> dict[str, Any]:
    entry = _object(value, path)
    for name, number in entry.items():
        if name not in names:
            raise SettingsError(f"{path}: expected {' and '.join(names)}, got '{name}'")
        _number(number, f"{path}.{name}")
    return entry


def _window(value: Any, path: str) -> dict[str, Any]:
    return _exactly(value, path, ("seconds", "describes"))


def _bucket(value: Any, path: str) -> dict[str, Any]:
    entry = _exactly(value, path, ("burst", "refill"))
    if set(entry) != {"burst", "refill"}:
        raise SettingsError(f"{path}: expected burst and refill, got {value!r}")
    return entry
