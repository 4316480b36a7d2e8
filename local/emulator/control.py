"""Control endpoints, under a path that no AWS client asks for (an underscore begins no bucket name)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from .clock import from_iso, to_iso
from .fault_rules import FaultError
from .inventory import inventory
from .settings import SettingsError
from .world import world

ROOT = "/_causeway"

Query = dict[str, str]
Handler = Callable[[Query, Any], Any]


class ControlError(ValueError):
    """Says what was expected and what was given."""


def answer(method: str, path: str, query_string: str, body: bytes) -> tuple[int, bytes]:
    """Status and JSON. 400 for what cannot be understood, 404 for what is not there."""
    name = unquote(path[len(ROOT) :]).strip("/")
    query = {key: values[-1] for key, values in parse_qs(query_string).items()}
    try:
        handler = _find(method, name)
        if handler is None:
            return _json(404, {"error": f"expected one of {', '.join(sorted(_described()))}, got {method} /{name}"})
        return _json(200, handler(query, _parsed(body)))
    except (ControlError, SettingsError, FaultError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, value: Any) -> tuple[int, bytes]:
    return status, json.dumps(value).encode()


def _parsed(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError as error:
        raise ControlError(f"expected a JSON body: {error}") from error


def _find(method: str, name: str) -> Handler | None:
    if method == "DELETE" and name.startswith("faults/"):
        return lambda _query, _body: _remove_fault(name[len("faults/") :])
    return HANDLERS.get((method, name))


def _described() -> list[str]:
    return [f"{method} {ROOT}/{name}" for method, name in HANDLERS]


def _clock(_query: Query, _body: Any) -> Any:
    return {"now": to_iso(world.clock.now())}


def _move_clock(query: Query, body: Any) -> Any:
    fields = body if isinstance(body, dict) else {}
    seconds = fields.get("advanceSeconds")
    if set(fields) == {"now"} and isinstance(fields["now"], str):
        try:
            moment = from_iso(fields["now"])
        except ValueError as error:
            raise ControlError(f"now: expected ISO 8601 such as 2026-01-01T00:00:00Z: {error}") from error
        world.clock.set(moment)
    elif set(fields) == {"advanceSeconds"} and isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
        world.clock.advance(seconds)
    else:
        raise ControlError(f'expected {{"now": ISO 8601}} or {{"advanceSeconds": number}}, got {body!r}')
    return _clock(query, body)


def _settings(_query: Query, _body: Any) -> Any:
    return world.settings.values


def _change_settings(query: Query, body: Any) -> Any:
    with world.lock:
        world.settings.merge(body)
        if "throttling" in body:
            world.throttle.reset()
    return _settings(query, body)


def _list_faults(_query: Query, _body: Any) -> Any:
    return {"faults": world.faults.to_json()}


def _add_fault(_query: Query, body: Any) -> Any:
    return {"id": world.faults.add(body)}


def _clear_faults(_query: Query, _body: Any) -> Any:
    world.faults.clear()
    return {}


def _remove_fault(fault_id: str) -> Any:
    if not world.faults.remove(fault_id):
        raise ControlError(f"expected the id of a fault rule, got '{fault_id}'")
    return {}


def _list_calls(query: Query, _body: Any) -> Any:
    unknown = set(query) - {"action", "account"}
    if unknown:
        raise ControlError(f"expected the parameters action and account, got {', '.join(sorted(unknown))}")
    return {"calls": world.calls.matching(query.get("action"), query.get("account"))}


def _clear_calls(_query: Query, _body: Any) -> Any:
    world.calls.clear()
    return {}


def _inventory(query: Query, _body: Any) -> Any:
    with world.lock:
        return inventory(query.get("defaults") == "true")


def _reset(_query: Query, _body: Any) -> Any:
    world.reset()
    return {}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
    ("GET", "settings"): _settings,
    ("PUT", "settings"): _change_settings,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "calls"): _list_calls,
    ("DELETE", "calls"): _clear_calls,
    ("GET", "inventory"): _inventory,
    ("POST", "reset"): _reset,
}
