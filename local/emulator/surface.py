"""What of moto is replaced or relied on. Another version must fail at the start, and say so in one line."""

from __future__ import annotations

from importlib import import_module

MOTO_VERSION = "5.2.5"

REPLACED: dict[str, tuple[str, ...]] = {
    "moto.ec2.models:ec2_backends": ("backend",),
    "moto.ec2.models:EC2Backend": (
        "accept_vpc_peering_connection",
        "create_nat_gateway",
        "create_network_acl",
        "create_route",
        "create_security_group",
        "create_vpc_endpoint",
        "create_vpc_peering_connection",
        "delete_nat_gateway",
        "delete_vpc_endpoints",
        "delete_vpc_peering_connection",
        "describe_availability_zones",
        "do_resources_exist",
        "get_vpc_peering_connection",
        "reject_vpc_peering_connection",
        "replace_route",
        "_verify_group_will_respect_rule_count_limit",
    ),
    "moto.ec2.models.core:TaggedEC2Resource": ("get_tags",),
    "moto.ec2.models.route_tables:Route": ("state",),
    "moto.ec2.utils:": ("is_filter_matching",),
    "moto.ec2.urls:": ("url_paths",),
    "moto.ec2.responses:EC2Response": (
        "_dispatch",
        "accept_vpc_peering_connection",
        "associate_route_table",
        "authorize_security_group_egress",
        "authorize_security_group_ingress",
        "create_network_acl",
        "create_network_acl_entry",
        "create_network_interface",
        "create_route_table",
        "create_security_group",
        "create_subnet",
        "create_vpc",
        "create_vpc_peering_connection",
        "delete_network_acl",
        "delete_network_acl_entry",
        "delete_network_interface",
        "delete_route",
        "delete_route_table",
        "delete_security_group",
        "delete_subnet",
        "delete_vpc",
        "delete_vpc_peering_connection",
        "describe_network_acls",
        "describe_network_interfaces",
        "describe_route_tables",
        "describe_security_group_rules",
        "describe_security_groups",
        "describe_subnets",
        "describe_vpc_peering_connections",
        "describe_vpcs",
        "modify_vpc_peering_connection_options",
        "reject_vpc_peering_connection",
        "replace_network_acl_association",
        "replace_network_acl_entry",
        "revoke_security_group_egress",
        "revoke_security_group_ingress",
    ),
    "moto.iam.models:": ("get_account_id_from",),
    "moto.sts.urls:": ("url_paths",),
    "moto.sts.responses:TokenResponse": ("_dispatch", "assume_role"),
    "moto.backends:": ("list_of_moto_modules",),
    "moto.core.base_backend:BackendDict": ("_instances",),
    "moto.core.responses:": ("method_names_from_class",),
    "moto.moto_server.werkzeug_app:": ("DomainDispatcherApplication", "MotoRequestHandler", "create_backend_app"),
}


class SurfaceError(Exception):
    """One line: what is missing."""


def check_surface() -> None:
    """Raises SurfaceError unless moto is the version and has the names that are built on."""
    try:
        version = import_module("moto").__version__
    except ImportError as error:
        raise SurfaceError(f"needs moto {MOTO_VERSION} with flask and flask-cors: {error}") from error
    if version != MOTO_VERSION:
        raise SurfaceError(f"needs moto {MOTO_VERSION}, found {version}")
    for where, names in REPLACED.items():
        module_name, _, owner_name = where.partition(":")
        try:
            module = import_module(module_name)
        except ImportError as error:
            raise SurfaceError(f"moto {version} cannot be used: {error}") from error
        owner = getattr(module, owner_name, None) if owner_name else module
        missing = [name for name in names if not hasattr(owner, name)]
        if missing:
            raise SurfaceError(f"moto {version} has no {where} {', '.join(missing)}")
