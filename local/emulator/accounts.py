"""Whose call it is: static keys that carry their account, besides moto's own ways."""

from __future__ import annotations

import re

import moto.iam.models
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.utilities.utils import PARTITION_NAMES

from .world import Session, world

STATIC_KEY = re.compile(r"AKIAEMUL(\d{12})")
"""Access key ids that belong to the account in them, with any secret; a reset does not forget them."""

_moto_account_of = moto.iam.models.get_account_id_from


def account_of(access_key: str) -> str:
    """Takes the place of moto's `get_account_id_from`."""
    static = STATIC_KEY.fullmatch(access_key)
    if static:
        return static.group(1)
    session = world.sessions.get(access_key)
    return session.account if session else str(_moto_account_of(access_key))


def is_forgotten(access_key: str) -> bool:
    """Whether it is a key of an assumed role that is not known (any more). moto would take it for the
    default account's."""
    if not access_key.startswith("ASIA") or access_key in world.sessions:
        return False
    if _moto_account_of(access_key) != DEFAULT_ACCOUNT_ID:
        return False
    if DEFAULT_ACCOUNT_ID not in list(iam_backends):
        return True
    backends = iam_backends[DEFAULT_ACCOUNT_ID]
    return not any(access_key in backends[partition].access_keys for partition in PARTITION_NAMES)


def session_of(access_key: str, action: str, form: dict[str, str]) -> Session | None:
    """Whose session calls; with AssumeRole, which one is asked for."""
    if action == "AssumeRole":
        return Session.asked_for(form.get("RoleArn", ""), form.get("RoleSessionName", ""))
    return world.sessions.get(access_key)


def install() -> None:
    moto.iam.models.get_account_id_from = account_of
