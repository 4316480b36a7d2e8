"""The way of every request: control endpoints, the call log, faults, throttling, then moto."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import control
from .accounts import account_of, is_forgotten, session_of
from .calls import Call, is_read
from .clock import to_iso
from .errors import Refusal, error_xml, new_request_id
from .faults import Strike
from .veil import Veil
from .world import world

XML_SERVICES = ("ec2", "sts", "iam")
CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d+/([\w-]+)/([\w-]+)/aws4_request")
ERROR_CODE = re.compile(rb"<Code>([^<]*)</Code>")

Environ = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Gate:
    """Answers a request, or with None says that the connection is to be cut without an answer."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def handle(self, environ: Environ, body: bytes) -> Reply | None:
        path = str(environ.get("PATH_INFO", "/"))
        if path == control.ROOT or path.startswith(f"{control.ROOT}/"):
            status, answer = control.answer(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body)
            return Reply(status, [("Content-Type", "application/json")], answer)
        if path.startswith("/moto-api"):
            # moto's own reset would leave our half of the world behind.
            return Reply(404, [("Content-Type", "text/plain")], b"Use /_causeway/reset.\n")
        call, key = _read_call(environ, body)
        if call is None:
            return self._ask_moto(environ, body)
        world.calls.add(call)
        try:
            reply = self._carry_out(call, key, environ, body)
        except Exception as error:  # noqa: BLE001  (the caller is an AWS client: it must get XML)
            reply = _refused(call, Refusal("InternalError", f"{type(error).__name__}: {error}"))
        code = ERROR_CODE.search(reply.body) if reply is not None and reply.status >= 300 else None
        if reply is None:
            call.outcome = call.outcome if call.outcome == "hang" else "lost-reply"
        elif reply.status >= 300:
            call.outcome = code.group(1).decode() if code else str(reply.status)
        return reply

    def _carry_out(self, call: Call, key: str, environ: Environ, body: bytes) -> Reply | None:
        call.request_id = new_request_id()
        over = world.over
        strike = world.faults.strike(call)
        if strike.hang is not None:
            call.outcome = "hang"
        if strike.hang == "at-once":
            self._perform(call, key, environ, body, strike)
        if strike.wait_seconds and over.wait(strike.wait_seconds):
            return None
        if strike.hang in ("none", "at-once"):
            return None
        reply = self._perform(call, key, environ, body, strike)
        return None if strike.lose_reply or strike.hang else reply

    def _perform(self, call: Call, key: str, environ: Environ, body: bytes, strike: Strike) -> Reply:
        refusal = strike.refusal or _refusal_of_key(call, key)
        refusal = refusal or world.throttle.take(call.action, call.account, call.region)
        if refusal is not None:
            return _refused(call, refusal)
        reply = self._ask_moto(environ, body, strike.veil)
        if call.service in XML_SERVICES and reply.status >= 400 and not reply.body.lstrip().startswith(b"<"):
            reply = _refused(call, Refusal("InternalError", reply.body.decode(errors="replace")[:500], reply.status))
        elif call.service in XML_SERVICES and b"<!doctype html" in reply.body[:100].lower():
            reply = _refused(call, Refusal("InternalError", f"moto answered {reply.status} in HTML", 500))
        call.request_id = dict((n.lower(), v) for n, v in reply.headers).get("x-amzn-requestid", call.request_id)
        call.effect = reply.status < 300 and not is_read(call.action)
        return reply

    def _ask_moto(self, environ: Environ, body: bytes, veil: Veil | None = None) -> Reply:
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        with world.lock:
            world.veil = veil
            chunks = self._moto(environ, start_response)
            content = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        return Reply(started[0], started[1], content)


def _read_call(environ: Environ, body: bytes) -> tuple[Call | None, str]:
    """The call and its access key id; no call when the request is not of a query service."""
    form = dict(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True))
    if str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        form.update(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    credential = CREDENTIAL.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    key, region, service = credential.groups() if credential else ("", "us-east-1", "")
    action = form.pop("Action", "")
    form.pop("Version", None)
    if not action or not service:
        return None, key
    with world.lock:
        account = environ.get("HTTP_X_MOTO_ACCOUNT_ID") or account_of(key)
    session = session_of(key, action, form)
    role, name = (session.role, session.name) if session else ("", "")
    at = to_iso(world.clock.now())
    return Call(at, str(account), region, service, action, role, name, params=form), key


def _refusal_of_key(call: Call, key: str) -> Refusal | None:
    with world.lock:
        forgotten = is_forgotten(key)
    if not forgotten:
        return None
    if call.service == "ec2":
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials")
    return Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")


def _refused(call: Call, refusal: Refusal) -> Reply:
    given = refusal.body
    body = error_xml(call.service, refusal, call.request_id) if given is None else given.encode()
    kind = "text/xml;charset=UTF-8" if given is None else "text/html"
    headers = [("Content-Type", kind), ("x-amzn-requestid", call.request_id)]
    return Reply(refusal.status, headers, body)
