"""Refusals as AWS words them, and their XML."""

from __future__ import annotations

import uuid
from xml.sax.saxutils import escape

STATUS_BY_CODE = {
    "AccessDenied": 403,
    "RegionDisabledException": 403,
    "UnauthorizedOperation": 403,
    "AuthFailure": 401,
    "InvalidClientTokenId": 403,
    "OptInRequired": 401,
    "DryRunOperation": 412,
    "InternalError": 500,
    "InternalFailure": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
}
"""HTTP status of the codes that are not 400."""


class Refusal(Exception):
    """An AWS error. `status` is that of the code unless given; `body` takes the place of the XML."""

    def __init__(self, code: str, message: str, status: int | None = None, body: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status or STATUS_BY_CODE.get(code, 400)
        self.body = body


def error_xml(service: str, refusal: Refusal, request_id: str) -> bytes:
    """The body of an error, in EC2's own form or in that of the query services (STS, IAM)."""
    code, message = escape(refusal.code), escape(refusal.message)
    if service == "ec2":
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        ).encode()
    kind = "Receiver" if refusal.status >= 500 else "Sender"
    return (
        f'<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/">'
        f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def new_request_id() -> str:
    return str(uuid.uuid4())
