"""Filters as AWS reads them: any of the values, `*` and `?` as wildcards, case-sensitive.

moto's own matching wants all values of a list at once and reads `[` as a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from .clock import to_iso
from .errors import Refusal


@lru_cache(maxsize=10_000)
def _pattern(text: str) -> re.Pattern[str]:
    parts: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            position += 1
            parts.append(re.escape(text[position]))
        elif character in "*?":
            parts.append(".*" if character == "*" else ".")
        else:
            parts.append(re.escape(character))
        position += 1
    return re.compile("".join(parts), re.DOTALL)


def text_of(value: Any) -> list[str]:
    """The texts that a filter on this value is compared with."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, datetime):
        return [to_iso(value)]
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [text for item in value for text in text_of(item)]
    return [str(value)]


def matches(wanted: Any, value: Any) -> bool:
    """Whether any text of `value` matches any of the filter's values."""
    patterns = [wanted] if isinstance(wanted, str) else list(wanted)
    texts = text_of(value)
    return any(_pattern(str(pattern)).fullmatch(text) for pattern in patterns for text in texts)


def object_matches(obj: Any, name: str, wanted: Any) -> bool:
    """Takes the place of moto's `is_filter_matching`."""
    return wanted is not None and matches(wanted, obj.get_filter_value(name))


def matches_all(filters: Mapping[str, Any], values: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    """For one resource given as its filter values and tags. InvalidParameterValue for an unknown filter."""
    for name, wanted in filters.items():
        if name.startswith("tag:"):
            value: Any = tags.get(name[len("tag:") :])
        elif name == "tag-key":
            value = list(tags)
        elif name in values:
            value = values[name]
        else:
            raise unknown_filter(name)
        if not matches(wanted, value):
            return False
    return True


def unknown_filter(name: str) -> Refusal:
    return Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
