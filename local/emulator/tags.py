"""Tags: their limits, the resource types of tag specifications, and a quick way to read them."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from .errors import Refusal
from .kinds import NETWORK_ACL, NETWORK_INTERFACE, PEERING, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC

KIND_BY_CREATE_ACTION = {
    "CreateVpc": VPC,
    "CreateSubnet": SUBNET,
    "CreateRouteTable": ROUTE_TABLE,
    "CreateNetworkAcl": NETWORK_ACL,
    "CreateSecurityGroup": SECURITY_GROUP,
    "CreateNetworkInterface": NETWORK_INTERFACE,
    "CreateVpcPeeringConnection": PEERING,
}
LONGEST_KEY = 128
LONGEST_VALUE = 256
MOST_TAGS = 50


def tags_of(resource: TaggedEC2Resource) -> list[dict[str, str]]:
    """Takes the place of moto's `get_tags`, which searches the tags of all resources for each one."""
    resource_id = resource.id  # type: ignore[attr-defined]
    if not resource_id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource_id), "")
    tags: dict[str, str] = resource.ec2_backend.tags.get(resource_id, {})  # type: ignore[attr-defined]
    return [
        {"key": key, "value": value, "resource_id": resource_id, "resource_type": kind}
        for key, value in tags.items()
    ]


def check_specifications(action: str, specifications: list[Any]) -> None:
    """Refuses a tag specification for another type than what the action makes; moto ignores the type."""
    kind = KIND_BY_CREATE_ACTION.get(action)
    for specification in specifications:
        resource_type = specification.get("ResourceType")
        if kind is not None and resource_type != kind.name:
            raise Refusal(
                "InvalidParameterValue",
                f"'{resource_type}' is not a valid taggable resource type for this operation.",
            )
        check_tags(specification.get("Tags", []))


def check_tags(tags: list[Any]) -> None:
    keys = [str(tag.get("Key", "")) for tag in tags]
    if len(keys) > MOST_TAGS:
        raise Refusal("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    if len(set(keys)) != len(keys):
        raise Refusal("InvalidParameterValue", "Duplicate tag keys found. Please remove the duplicate tag keys.")
    for key, tag in zip(keys, tags, strict=True):
        value = str(tag.get("Value", ""))
        if not 1 <= len(key) <= LONGEST_KEY:
            raise Refusal("InvalidParameterValue", f"Tag key exceeds the maximum length of {LONGEST_KEY} characters")
        if len(value) > LONGEST_VALUE:
            raise Refusal("InvalidParameterValue", f"Tag value exceeds the maximum length of {LONGEST_VALUE} characters")
        if key.lower().startswith("aws:"):
            raise Refusal("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
