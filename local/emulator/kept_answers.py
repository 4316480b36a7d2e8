"""What moto works out anew for every request though it never changes, half of what one costs: worked out once."""

from __future__ import annotations

from functools import cache

import moto.backends
import moto.core.responses


def install() -> None:
    moto.core.responses.method_names_from_class = cache(moto.core.responses.method_names_from_class)
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
