"""AssumeRole as the role's trust policy has it, where the role exists.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

import moto.sts.urls
from botocore.model import OperationNotFoundError
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse
from moto.utilities.utils import get_partition

from .errors import Refusal, error_xml, new_request_id
from .filters import matches
from .world import Session, world

ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/.+")


class EmulatedTokenResponse(TokenResponse):
    """Roles that do not exist can be assumed by anyone, as in moto."""

    def _dispatch(self, request: Request, full_url: str | None = None, headers: object = None) -> Any:
        request_id = new_request_id()
        try:
            try:
                return super()._dispatch(request, full_url, headers)
            except (OperationNotFoundError, NotImplementedError) as error:
                action = request.values.get("Action", "")
                raise Refusal("InvalidAction", f"Could not find operation {action} for STS") from error
        except Refusal as refusal:
            answer = refusal
        except Exception as error:  # noqa: BLE001  (AWS always answers in XML)
            answer = Refusal("InternalFailure", f"{type(error).__name__}: {error}")
        answer_headers = {"Content-Type": "text/xml", "x-amzn-requestid": request_id}
        return answer.status, answer_headers, error_xml("sts", answer, request_id)

    def assume_role(self) -> ActionResult:
        role_arn = self._get_param("RoleArn") or ""
        found = ROLE_ARN.fullmatch(role_arn)
        if not found:
            raise Refusal("ValidationError", f"{role_arn} is invalid")
        policy = _trust_policy(role_arn, found.group(1), get_partition(self.region))
        if policy is not None and not is_trusted(policy, self.current_account, self._get_param("ExternalId")):
            raise Refusal(
                "AccessDenied",
                f"User: arn:aws:iam::{self.current_account}:root is not authorized to perform: "
                f"sts:AssumeRole on resource: {role_arn}",
            )
        answer = super().assume_role()
        asked = Session.asked_for(role_arn, self._get_param("RoleSessionName") or "")
        world.sessions[answer.result["Credentials"].access_key_id] = asked  # type: ignore[index]
        return answer


def _trust_policy(role_arn: str, account: str, partition: str) -> dict[str, Any] | None:
    if account not in list(iam_backends):
        return None
    for role in iam_backends[account][partition].get_roles():
        if role.arn == role_arn:
            document = role.assume_role_policy_document
            return json.loads(document if document.lstrip().startswith("{") else unquote(document))
    return None


def is_trusted(policy: dict[str, Any], account: str, external_id: str | None) -> bool:
    """Whether the policy lets that account assume the role with that external id. Of principals only the
    account counts: the emulator does not tell users and roles of one account apart."""
    allowed = False
    for statement in _list(policy.get("Statement")):
        applies = (
            matches(_list(statement.get("Action")), "sts:AssumeRole")
            and _names_account(statement.get("Principal"), account)
            and _holds(statement.get("Condition", {}), external_id)
        )
        if applies and statement.get("Effect") == "Deny":
            return False
        allowed = allowed or (applies and statement.get("Effect") == "Allow")
    return allowed


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _names_account(principal: Any, account: str) -> bool:
    if principal == "*":
        return True
    named = _list(principal.get("AWS")) if isinstance(principal, dict) else []
    return any(name in ("*", account) or f"::{account}:" in str(name) for name in named)


def _holds(condition: dict[str, Any], external_id: str | None) -> bool:
    """Conditions on sts:ExternalId. Others are taken to hold."""
    for operator, wanted in condition.items():
        for key, value in wanted.items():
            if key.lower() != "sts:externalid":
                continue
            values = [str(item) for item in _list(value)]
            is_equal = external_id in values
            is_like = external_id is not None and matches(values, external_id)
            if operator == "StringEquals" and not is_equal:
                return False
            if operator == "StringLike" and not is_like:
                return False
            if operator == "StringNotEquals" and is_equal:
                return False
    return True


def install() -> None:
    moto.sts.urls.url_paths["{0}/$"] = EmulatedTokenResponse.dispatch
