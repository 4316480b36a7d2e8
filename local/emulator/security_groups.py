"""Security groups: names in ASCII, rules all or none, the quota of rules.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroupRule

from .errors import Refusal
from .filters import unknown_filter
from .world import world

ALLOWED_TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
TAG_FILTERS = ("tag-key", "tag-value")


def check_text(value: str | None, parameter: str) -> None:
    """Refuses what AWS does not take in names and descriptions, non-ASCII text above all."""
    if value and not ALLOWED_TEXT.fullmatch(value):
        raise Refusal(
            "InvalidParameterValue",
            f"Value ({value}) for parameter {parameter} is invalid. Character sets beyond ASCII are not supported.",
        )


class SecurityGroupRules:
    """Mixed into moto's EC2Backend."""

    account_id: str
    region_name: str

    def create_security_group(self, *args: Any, **kwargs: Any) -> Any:
        group = super().create_security_group(*args, **kwargs)  # type: ignore[misc]
        if group.is_default:
            # A default group lets its members in; moto's lets nobody in.
            itself = {"GroupId": group.id, "OwnerId": self.account_id, "UserId": self.account_id}
            group.ingress_rules.append(SecurityGroupRule(self, "-1", group.id, None, None, None, itself, is_egress=False))
        return group

    def _verify_group_will_respect_rule_count_limit(
        self,
        group: Any,
        current_rule_nb: int,
        ip_ranges: list[Any],
        source_groups: list[Any] | None = None,
        egress: bool = False,
    ) -> None:
        wanted = current_rule_nb + len(ip_ranges or []) + len(source_groups or [])
        quota = world.settings.quota("securityGroupRulesPerDirection", self.account_id, self.region_name)
        if wanted > quota:
            raise Refusal(
                "RulesPerSecurityGroupLimitExceeded",
                "The maximum number of rules per security group has been reached.",
            )


class SecurityGroupActions:
    """Mixed into moto's EC2Response."""

    ec2_backend: Any
    _get_param: Any
    _filters_from_querystring: Any

    def create_security_group(self) -> ActionResult:
        name = self._get_param("GroupName")
        check_text(name, "groupName")
        check_text(self._get_param("Description"), "groupDescription")
        if name and name.startswith("sg-"):
            raise Refusal("InvalidParameterValue", "Invalid value for groupName. It cannot start with 'sg-'.")
        return super().create_security_group()  # type: ignore[misc, no-any-return]

    def describe_security_groups(self) -> ActionResult:
        filters = self._filters_from_querystring()
        some_group = next((g for groups in self.ec2_backend.groups.values() for g in groups.values()), None)
        for name in filters:
            known = name.startswith("tag:") or name in TAG_FILTERS
            if not known and some_group is not None and name not in some_group.filters:
                raise unknown_filter(name)
        return super().describe_security_groups()  # type: ignore[misc, no-any-return]

    def authorize_security_group_ingress(self) -> ActionResult:
        return self._all_or_none(super().authorize_security_group_ingress)  # type: ignore[misc]

    def authorize_security_group_egress(self) -> ActionResult:
        return self._all_or_none(super().authorize_security_group_egress)  # type: ignore[misc]

    def revoke_security_group_ingress(self) -> ActionResult:
        return self._all_or_none(super().revoke_security_group_ingress)  # type: ignore[misc]

    def revoke_security_group_egress(self) -> ActionResult:
        return self._all_or_none(super().revoke_security_group_egress)  # type: ignore[misc]

    def _all_or_none(self, carry_out: Callable[[], ActionResult]) -> ActionResult:
        """moto applies permissions one by one and stops in the middle at the first bad one."""
        for permission in self._get_param("IpPermissions", []):
            for entry in permission.get("IpRanges", []):
                check_text(entry.get("Description"), "description")
        group_id = self._get_param("GroupId")
        group = self.ec2_backend.get_security_group_from_id(group_id) if group_id else None
        if group is None:
            return carry_out()
        before = (list(group.ingress_rules), list(group.egress_rules))
        try:
            return carry_out()
        except Exception:
            group.ingress_rules, group.egress_rules = before
            raise
