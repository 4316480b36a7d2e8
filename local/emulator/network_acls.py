"""Network ACL entries: numbers, replacing, what AWS refuses.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.network_acls import NetworkAcl, NetworkAclEntry

from .errors import Refusal
from .world import world

LAST_RULE = 32766
CATCH_ALL = 32767
PROTOCOL_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}


class NetworkAclRules:
    """Mixed into moto's EC2Backend."""

    def create_network_acl(self, vpc_id: str, tags: Any = None, default: bool = False) -> NetworkAcl:
        acl: NetworkAcl = super().create_network_acl(vpc_id, tags=tags, default=default)  # type: ignore[misc]
        if not default:
            # AWS denies what no rule matches in every ACL; moto says so only in default ones.
            for egress in (True, False):
                acl.network_acl_entries.append(
                    NetworkAclEntry(
                        self, acl.id, CATCH_ALL, "-1", "deny", egress, "0.0.0.0/0", None, None, None, None, None
                    )
                )
        return acl


class NetworkAclActions:
    """Mixed into moto's EC2Response; replaces the actions on entries."""

    current_account: str
    region: str
    ec2_backend: Any
    _get_param: Any

    def create_network_acl_entry(self) -> ActionResult:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        entry = self._wanted_entry(acl)
        if _find(acl, entry.rule_number, entry.egress) is not None:
            raise Refusal(
                "NetworkAclEntryAlreadyExists", f"The network acl entry identified by {entry.rule_number} already exists."
            )
        # AWS counts the closing deny in.
        there = [e for e in acl.network_acl_entries if e.egress == entry.egress]
        if len(there) >= world.settings.quota("naclRulesPerDirection", self.current_account, self.region):
            raise Refusal(
                "NetworkAclEntryLimitExceeded", f"You've reached the limit on the number of rules of {acl.id}."
            )
        acl.network_acl_entries.append(entry)
        return EmptyResult()

    def replace_network_acl_entry(self) -> ActionResult:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        entry = self._wanted_entry(acl)
        position = self._position(acl, entry.rule_number, entry.egress)
        acl.network_acl_entries[position] = entry
        return EmptyResult()

    def delete_network_acl_entry(self) -> ActionResult:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        position = self._position(acl, self._rule_number(), bool(self._get_param("Egress")))
        del acl.network_acl_entries[position]
        return EmptyResult()

    def replace_network_acl_association(self) -> ActionResult:
        association_id = self._get_param("AssociationId")
        acls = self.ec2_backend.network_acls.values()
        current = next((acl for acl in acls if association_id in acl._associations), None)
        if current is None:
            raise Refusal("InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist")
        # moto takes the old association away before it finds the new ACL missing.
        wanted = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        if wanted.vpc_id != current.vpc_id:
            raise Refusal(
                "InvalidParameterValue", f"{wanted.id} and the subnet of {association_id} belong to different networks"
            )
        return super().replace_network_acl_association()  # type: ignore[misc, no-any-return]

    def _rule_number(self) -> int:
        number = self._get_param("RuleNumber")
        if number is None or not 1 <= int(number) <= LAST_RULE:
            raise Refusal(
                "InvalidParameterValue",
                f"Value ({number}) for parameter ruleNumber is invalid. Must be between 1 and {LAST_RULE}.",
            )
        return int(number)

    def _position(self, acl: NetworkAcl, number: int, egress: bool) -> int:
        position = _find(acl, number, egress)
        if position is None:
            raise Refusal(
                "InvalidNetworkAclEntry.NotFound", f"The network ACL entry identified by {number} does not exist."
            )
        return position

    def _wanted_entry(self, acl: NetworkAcl) -> NetworkAclEntry:
        given = str(self._get_param("Protocol", "")).lower()
        protocol = PROTOCOL_NUMBERS.get(given, given)
        if not protocol.lstrip("-").isdigit() or not -1 <= int(protocol) <= 255:
            raise Refusal("InvalidParameterValue", f"Value ({given}) for parameter protocol is invalid.")
        action = self._get_param("RuleAction")
        if action not in ("allow", "deny"):
            raise Refusal("InvalidParameterValue", f"Value ({action}) for parameter ruleAction is invalid.")
        if not self._get_param("CidrBlock") and not self._get_param("Ipv6CidrBlock"):
            raise Refusal("MissingParameter", "The request must contain the parameter cidrBlock or ipv6CidrBlock")
        first, last = self._get_param("PortRange.From"), self._get_param("PortRange.To")
        icmp_type, icmp_code = self._get_param("IcmpTypeCode.Type"), self._get_param("IcmpTypeCode.Code")
        if protocol in ("6", "17"):
            if first is None or last is None:
                raise Refusal("MissingParameter", "The request must contain the parameter portRange")
            if not 0 <= int(first) <= int(last) <= 65535:
                raise Refusal("InvalidParameterValue", f"Value ({first}-{last}) for parameter portRange is invalid.")
        if protocol == "1" and (icmp_type is None or icmp_code is None):
            raise Refusal("MissingParameter", "The request must contain the parameter icmpTypeCode")
        return NetworkAclEntry(
            self.ec2_backend,
            network_acl_id=acl.id,
            rule_number=self._rule_number(),
            protocol=protocol,
            rule_action=action,
            egress=bool(self._get_param("Egress")),
            cidr_block=self._get_param("CidrBlock"),
            icmp_code=icmp_code,
            icmp_type=icmp_type,
            port_range_from=first,
            port_range_to=last,
            ipv6_cidr_block=self._get_param("Ipv6CidrBlock"),
        )


def _find(acl: NetworkAcl, number: int, egress: bool) -> int | None:
    for position, entry in enumerate(acl.network_acl_entries):
        if entry.egress == egress and entry.rule_number == number:
            return position
    return None
